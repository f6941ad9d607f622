/**
 * A tenant's keys: made, rotated, revoked.
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

const SCOPES = [
  ["infer", "runs models"],
  ["read", "reads usage and placements"],
  ["models", "uploads and deletes models"],
] as const;

const OVERLAPS = [
  [86_400, "a day"],
  [3_600, "an hour"],
  [604_800, "a week"],
  [0, "no time"],
] as const;

interface Key {
  id: string;
  name: string;
  prefix: string;
  last4: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

/** The keys of a tenant. */
export function TenantKeys({ tenant }: { tenant: string }) {
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/keys`;
  const [cursor, setCursor] = useState("");
  const [overlap, setOverlap] = useState<number>(OVERLAPS[0][0]);
  const [made, setMade] = useState<MadeKey | null>(null);
  const { value, error, again } = useAsked<{ data: Key[]; next: string | null }>(
    `${path}?${new URLSearchParams({ limit: "50", ...(cursor && { cursor }) })}`,
  );
  const action = useAction();
  const make = async (work: () => Promise<MadeKey>) =>
    await action.run(async () => {
      setMade(await work());
      again();
    });
  const revoke = (id: string) =>
    action.run(async () => {
      await call(`${path}/${id}`, { method: "DELETE" });
      again();
    });
  return (
    <section class="card stack" aria-label={`Keys of ${tenant}`}>
      <h3>Keys</h3>
      {made && <NewKey made={made} dismiss={() => setMade(null)} />}
      <Notice error={action.error ?? error} />
      <KeyForm
        isBusy={action.isBusy}
        make={(body) => make(() => ask<MadeKey>(path, { body }))}
      />
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of keys">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Key</th>
              <th scope="col">Scopes</th>
              <th scope="col">Made</th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span class="visually-hidden">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {value?.data.map((key) => (
              <tr key={key.id} class={isOver(key) ? "over" : ""}>
                <th scope="row">{key.name}</th>
                <td class="mono">{key.prefix}…{key.last4}</td>
                <td data-is="May">{key.scopes.join(", ")}</td>
                <td data-is="Made">{instantText(Date.parse(key.created_at))}</td>
                <td data-is="Ends">{endText(key)}</td>
                <td>
                  {!isOver(key) && (
                    <div class="row nowrap">
                      <button
                        type="button"
                        aria-label={`Rotate ${key.name}`}
                        disabled={action.isBusy}
                        onClick={() =>
                          make(() =>
                            ask<MadeKey>(`${path}/${key.id}/rotate`, {
                              body: { overlap_s: overlap },
                            })
                          )}
                      >
                        Rotate
                      </button>
                      <ConfirmButton
                        label="Revoke"
                        confirm="Revoke for good?"
                        name={key.name}
                        disabled={action.isBusy}
                        act={() => revoke(key.id)}
                      />
                    </div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {value?.data.length === 0 && <p class="faint">There is no key yet.</p>}
      <div class="row">
        <label for="overlap">After a rotation the old key works for</label>
        <select
          id="overlap"
          class="narrow"
          value={overlap}
          onChange={({ currentTarget }) => setOverlap(Number(currentTarget.value))}
        >
          {OVERLAPS.map(([seconds, text]) => <option key={seconds} value={seconds}>{text}</option>)}
        </select>
        {value?.next && (
          <button type="button" onClick={() => setCursor(value.next ?? "")}>Older keys</button>
        )}
      </div>
    </section>
  );
}

const isOver = ({ revoked_at, expires_at }: Key): boolean =>
  revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= Date.now());

function endText({ revoked_at, expires_at }: Key): string {
  if (revoked_at !== null) return `revoked ${instantText(Date.parse(revoked_at))}`;
  return expires_at === null ? "never" : instantText(Date.parse(expires_at));
}

function KeyForm({ isBusy, make }: {
  isBusy: boolean;
  make: (body: { name: string; scopes: string[] }) => Promise<boolean>;
}) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["infer", "read"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await make({ name: name.trim(), scopes })) setName("");
  };
  return (
    <form class="row" onSubmit={submit}>
      <div class="field">
        <label for="key-name">Name of a new key</label>
        <input
          id="key-name"
          autocomplete="off"
          maxLength={200}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </div>
      <fieldset class="row">
        <legend>It may</legend>
        {SCOPES.map(([scope, tells]) => (
          <label key={scope} title={tells} class="check">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={({ currentTarget }) =>
                setScopes(
                  currentTarget.checked
                    ? [...scopes, scope]
                    : scopes.filter((one) => one !== scope),
                )}
            />
            {scope}
          </label>
        ))}
      </fieldset>
      <button
        type="submit"
        class="primary"
        disabled={isBusy || name.trim() === "" || scopes.length === 0}
      >
        Make a key
      </button>
    </form>
  );
}
