/**
 * What waits between the nodes and the ledger, and what the ledger refuses.
 * @module
 */
import { useState } from "preact/hooks";
import { useAction } from "../act.ts";
import { call } from "../api.ts";
import { useAsked } from "../asked.ts";
import { countText, instantText } from "../figures.ts";
import { Notice } from "../notice.tsx";
import type { Backlog, Page, PoisonRow } from "./fleet.ts";

const EVERY_MS = 5_000;

/** The cards. */
export function BacklogCards() {
  const { value, error, again } = useAsked<Backlog>("/v1/backlog", EVERY_MS);
  return (
    <div class="grid">
      <section class="card stack" aria-label="Backlog">
        <h2>Backlog</h2>
        <Notice error={error} again={again} />
        {value && <Waiting backlog={value} />}
      </section>
      <Poison count={value?.total.poison ?? 0} />
    </div>
  );
}

function Waiting({ backlog: { total, collectors } }: { backlog: Backlog }) {
  const busy = collectors.filter(({ waiting, poison }) => waiting + poison > 0);
  return (
    <>
      <dl class="facts">
        <dt>Wait for the ledger</dt>
        <dd>{countText(total.waiting)}</dd>
        <dt>The oldest since</dt>
        <dd>
          {total.since === null ? "none waits" : `${instantText(Date.parse(total.since))} UTC`}
        </dd>
        <dt>Attempts in a row that failed</dt>
        <dd>{total.failures}</dd>
        <dt>Refused by the ledger</dt>
        <dd>{countText(total.poison)}</dd>
      </dl>
      {busy.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Backlog by collector">
          <table>
            <thead>
              <tr>
                <th scope="col">Collector</th>
                <th scope="col">Wait</th>
                <th scope="col">Refused</th>
              </tr>
            </thead>
            <tbody>
              {busy.map(({ name, waiting, poison }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{waiting}</td>
                  <td>{poison}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** @param count of the backlog: when it changes, the rows are asked anew */
function Poison({ count }: { count: number }) {
  const [cursor, setCursor] = useState("");
  const query = new URLSearchParams({ limit: "20", ...(cursor && { cursor }) });
  const { value, error, again } = useAsked<Page<PoisonRow>>(
    count === 0 ? null : `/v1/backlog/poison?${query}`,
    EVERY_MS * 2,
  );
  const action = useAction();
  const retry = (id: string) =>
    action.run(async () => {
      await call(`/v1/backlog/poison/${encodeURIComponent(id)}/retry`, { method: "POST" });
      again();
    });
  return (
    <section class="card stack" aria-label="Refused executions">
      <h2>Refused executions</h2>
      <Notice error={action.error ?? error} />
      {count === 0 && <p class="faint">The ledger refuses none.</p>}
      {count > 0 && (
        <>
          <ul class="plain">
            {value?.data.map(({ id, reason, collector, set_aside_at }) => (
              <li key={id}>
                <div class="row">
                  <code>{id}</code>
                  <button
                    type="button"
                    class="end"
                    aria-label={`Retry ${id}`}
                    disabled={action.isBusy}
                    onClick={() => retry(id)}
                  >
                    Retry
                  </button>
                </div>
                <p>{reason}</p>
                <p class="faint">
                  {collector}, {instantText(Date.parse(set_aside_at))} UTC
                </p>
              </li>
            ))}
          </ul>
          {(cursor !== "" || value?.next) && (
            <div class="row">
              <button type="button" disabled={cursor === ""} onClick={() => setCursor("")}>
                First
              </button>
              <button
                type="button"
                disabled={!value?.next}
                onClick={() => setCursor(value?.next ?? "")}
              >
                Further
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
