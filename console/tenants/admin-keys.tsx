/**
 * The keys of operators.
 * @module
 */
import { useState } from "preact/hooks";
import { useAction } from "../act.ts";
import { ask, call } from "../api.ts";
import { useAsked } from "../asked.ts";
import { ConfirmButton } from "../confirm-button.tsx";
import { instantText } from "../figures.ts";
import { Notice } from "../notice.tsx";
import { type MadeKey, NewKey } from "./new-key.tsx";

interface AdminKey {
  id: string;
  name: string;
  prefix: string;
  last4: string;
  created_at: string;
  revoked_at: string | null;
}

const PATH = "/v1/admin-keys";

/** The card. */
export function AdminKeys() {
  const { value, error, again } = useAsked<{ data: AdminKey[] }>(`${PATH}?limit=50`);
  const [name, setName] = useState("");
  const [made, setMade] = useState<MadeKey | null>(null);
  const action = useAction();
  const make = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      setMade(await ask<MadeKey>(PATH, { body: { name: name.trim() } }));
      setName("");
      again();
    });
  };
  const revoke = (id: string) =>
    action.run(async () => {
      await call(`${PATH}/${id}`, { method: "DELETE" });
      again();
    });
  return (
    <section class="card stack" aria-label="Admin keys">
      <h2>Admin keys</h2>
      <p class="faint">One for each operator, in place of the deployment's token.</p>
      {made && <NewKey made={made} dismiss={() => setMade(null)} />}
      <Notice error={action.error ?? error} />
      <form class="row end-aligned" onSubmit={make}>
        <div class="field">
          <label for="admin-key-name">Name of a new admin key</label>
          <input
            id="admin-key-name"
            autocomplete="off"
            maxLength={200}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </div>
        <button type="submit" disabled={action.isBusy || name.trim() === ""}>Make it</button>
      </form>
      <ul class="plain">
        {value?.data.filter(({ revoked_at }) => revoked_at === null).map((
          { id, name, prefix, last4, created_at },
        ) => (
          <li key={id} class="row">
            <span>{name}</span>
            <code>{prefix}…{last4}</code>
            <span class="faint">{instantText(Date.parse(created_at))}</span>
            <span class="end">
              <ConfirmButton
                label="Revoke"
                confirm="Revoke for good?"
                name={name}
                disabled={action.isBusy}
                act={() => revoke(id)}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
