/**
 * A tenant's budget and rate.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { useAction } from "../act.ts";
import { ask } from "../api.ts";
import { useAsked } from "../asked.ts";
import { chargeText, countText } from "../figures.ts";
import { Notice } from "../notice.tsx";

interface Limits {
  budget_microcredits: number | null;
  requests_per_minute: number | null;
  spent_microcredits: number | null;
  leased_microcredits: number | null;
  available_microcredits: number | null;
}

const EVERY_MS = 15_000;

/** The limits of a tenant, and how they stand. */
export function TenantLimits({ tenant }: { tenant: string }) {
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/limits`;
  const { value, error, again } = useAsked<Limits>(path, EVERY_MS);
  const action = useAction();
  const [budget, setBudget] = useState("");
  const [rate, setRate] = useState("");
  const [isEdited, setEdited] = useState(false);
  // What somebody types stays as it is; else the fields say what holds.
  useEffect(() => {
    if (!value || isEdited) return;
    setBudget(value.budget_microcredits?.toString() ?? "");
    setRate(value.requests_per_minute?.toString() ?? "");
  }, [value, isEdited]);
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { budget_microcredits: numberOf(budget), requests_per_minute: numberOf(rate) };
    if (!await action.run(() => ask(path, { method: "PUT", body }))) return;
    setEdited(false);
    again();
  };
  const field = (id: string, label: string, text: string, set: (text: string) => void) => (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        inputMode="numeric"
        autocomplete="off"
        placeholder="None"
        value={text}
        onInput={({ currentTarget }) => {
          set(currentTarget.value);
          setEdited(true);
        }}
      />
    </div>
  );
  return (
    <section class="card stack" aria-label={`Limits of ${tenant}`}>
      <h3>Limits</h3>
      <Notice error={action.error ?? error} />
      <form class="row end-aligned" onSubmit={save}>
        {field("budget", "Budget, micro-credits", budget, setBudget)}
        {field("rate", "Requests a minute", rate, setRate)}
        <button type="submit" class="primary" disabled={!isEdited || action.isBusy || !value}>
          Set
        </button>
        {isEdited && <button type="button" onClick={() => setEdited(false)}>Undo</button>}
      </form>
      {value && <Standing limits={value} />}
    </section>
  );
}

// Not a number is sent as it was typed: the mesh says what is wrong with it.
const numberOf = (text: string): number | string | null => {
  const typed = text.trim().replaceAll(/[_,\s]/g, "");
  if (typed === "") return null;
  return /^\d+$/.test(typed) ? Number(typed) : typed;
};

function Standing({ limits }: { limits: Limits }) {
  const { budget_microcredits: budget, spent_microcredits: spent } = limits;
  const { leased_microcredits: leased, available_microcredits: available } = limits;
  if (budget === null || spent === null || leased === null || available === null) {
    return (
      <p class="faint">
        No budget{limits.requests_per_minute === null
          ? ", no rate."
          : `; ${countText(limits.requests_per_minute)} requests a minute.`}
      </p>
    );
  }
  return (
    <>
      <meter
        class="wide"
        min={0}
        max={Math.max(budget, 1)}
        high={budget * 0.9}
        optimum={0}
        value={spent + leased}
        aria-label="Used of the budget"
      />
      <dl class="facts">
        <dt>Spent</dt>
        <dd>{chargeText(spent)}</dd>
        <dt>Reserved</dt>
        <dd>{chargeText(leased)}</dd>
        <dt>Left</dt>
        <dd>{chargeText(available)}</dd>
      </dl>
    </>
  );
}
