/**
 * The tenants, and the making of one.
 * @module
 */
import { useState } from "preact/hooks";
import { useAction } from "../act.ts";
import { ask } from "../api.ts";
import { useAsked } from "../asked.ts";
import { dayText } from "../figures.ts";
import { Notice } from "../notice.tsx";
import type { TenantRow } from "../tenant.ts";

/** The list. */
export function TenantList({ chosen, choose }: {
  chosen: string;
  choose: (id: string) => void;
}) {
  const [text, setText] = useState("");
  const { value, error, again } = useAsked<{ data: TenantRow[]; next: string | null }>(
    "/v1/tenants?limit=1000",
  );
  const wanted = text.trim().toLowerCase();
  const found = value?.data.filter(({ id, name }) =>
    id.includes(wanted) || name.toLowerCase().includes(wanted)
  );
  return (
    <section class="card stack" aria-label="Tenants">
      <NewTenant
        made={(id) => {
          again();
          choose(id);
        }}
      />
      <Notice error={error} again={again} />
      <div class="field">
        <label for="find-tenant">Find a tenant</label>
        <input
          id="find-tenant"
          type="search"
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <ul class="plain choices">
        {found?.map(({ id, name, created_at }) => (
          <li key={id}>
            <button
              type="button"
              class="choice"
              aria-pressed={id === chosen}
              onClick={() => choose(id)}
            >
              <span>{id}</span>
              <span class="faint">
                {name === id ? "" : `${name}, `}since {dayText(Date.parse(created_at))}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 && <p class="faint">None is called so.</p>}
      {value?.next && <p class="faint">There are more than 1,000: the newest are listed.</p>}
    </section>
  );
}

function NewTenant({ made }: { made: (id: string) => void }) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const action = useAction();
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { id: id.trim(), name: name.trim() || id.trim() };
    if (!await action.run(() => ask("/v1/tenants", { body }))) return;
    setId("");
    setName("");
    made(body.id);
  };
  return (
    <form class="stack" onSubmit={submit}>
      <h2>Tenants</h2>
      <Notice error={action.error} />
      <div class="row end-aligned">
        <div class="field">
          <label for="tenant-id">Id of a new one</label>
          <input
            id="tenant-id"
            autocomplete="off"
            spellcheck={false}
            placeholder="acme"
            maxLength={63}
            value={id}
            onInput={({ currentTarget }) => setId(currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="tenant-name">Its name</label>
          <input
            id="tenant-name"
            autocomplete="off"
            maxLength={200}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </div>
        <button type="submit" class="primary" disabled={action.isBusy || id.trim() === ""}>
          Make it
        </button>
      </div>
    </form>
  );
}
