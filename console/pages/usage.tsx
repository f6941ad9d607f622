/**
 * Usage: what ran, how long it took, what energy it drew and what it cost, over time.
 * @module
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAsked } from "../asked.ts";
import { chargeText, countText, durationText, energyText } from "../figures.ts";
import { LiveBadge } from "../live-badge.tsx";
import { watchLive } from "../live.ts";
import { Notice } from "../notice.tsx";
import type { Route } from "../router.ts";
import { useKey } from "../session.ts";
import { useOperator, useTenant } from "../tenant.ts";
import { TenantField } from "../tenant-field.tsx";
import { Plot } from "../usage/plot.tsx";
import { latenciesOf, sumsOf, type Usage } from "../usage/series.ts";
import { GROUPINGS, type Span, SPANS } from "../usage/spans.ts";

// News come every two seconds while anything runs; sums of the ledger need not be asked as often.
const AGAIN_MS = 5_000;
const EVERY_MS = 60_000;

/** The page. */
export function UsagePage({ route }: { route: Route }) {
  const key = useKey();
  const tenant = useTenant();
  const { isOperator } = useOperator();
  const [spanName, setSpan] = useState(route.query.get("span") ?? "hour");
  const [group, setGroup] = useState(route.query.get("by") ?? "");
  const span = SPANS.find(({ name }) => name === spanName) ?? SPANS[0];
  const waits = isOperator === true && tenant === "";
  const { value, error, again } = useAsked<Usage>(
    waits ? null : pathOf(span, group, tenant),
    EVERY_MS,
  );
  useEffect(() => newsCalls(again), [again, key, tenant]);
  return (
    <>
      <div class="head">
        <h1>Usage</h1>
        <LiveBadge />
      </div>
      <div class="filters">
        <Choice id="span" label="Time" value={span.name} options={SPANS} choose={setSpan} />
        <Choice id="by" label="Group" value={group} options={GROUPINGS} choose={setGroup} />
        <TenantField />
      </div>
      {waits
        ? <p class="faint">An operator sees any tenant's usage: name one above.</p>
        : <Notice error={error} again={again} />}
      {value && <Shown usage={value} span={span} isGrouped={group !== ""} />}
    </>
  );
}

function pathOf({ width }: Span, group: string, tenant: string): string {
  const query = new URLSearchParams({ bucket_width: width });
  if (group !== "") query.set("group_by", group);
  if (tenant !== "") query.set("tenant", tenant);
  return `/v1/usage?${query}`;
}

/** Calls back some time after news, and when these begin. @returns what ends that */
function newsCalls(heard: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = watchLive(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      heard();
    }, AGAIN_MS);
  }, heard);
  return () => {
    clearTimeout(timer);
    end();
  };
}

function Choice({ id, label, value, options, choose }: {
  id: string;
  label: string;
  value: string;
  options: readonly { name: string; label: string }[];
  choose: (name: string) => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {options.map(({ name, label }) => <option key={name} value={name}>{label}</option>)}
      </select>
    </div>
  );
}

function Shown({ usage, span: { width }, isGrouped }: {
  usage: Usage;
  span: Span;
  isGrouped: boolean;
}) {
  const { total, buckets } = usage;
  const plotted = useMemo(() => ({
    executions: sumsOf(usage, width, "executions"),
    energy: sumsOf(usage, width, "energy_mj"),
    charges: sumsOf(usage, width, "charge_microcredits"),
    latencies: latenciesOf(usage, width),
  }), [usage]);
  const isRanked = buckets.every(({ modelled_total_ms }) => modelled_total_ms !== null);
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((all, value) => all + (value ?? 0), 0);
  return (
    <>
      <dl class="tiles">
        <Tile name="Requests" value={countText(total.executions)} />
        <Tile name="Energy, modelled" value={energyText(total.energy_mj)} />
        <Tile name="NPU time, modelled" value={durationText(total.npu_us / 1e3)} />
        <Tile name="Charges" value={chargeText(total.charge_microcredits)} />
      </dl>
      <div class="plots">
        <Plot
          title="Requests"
          plotted={plotted.executions}
          width={width}
          kind="bars"
          text={countText}
          sum={sum}
        />
        <Plot
          title={isGrouped ? "Latency, 95th percentile, modelled" : "Latency, modelled"}
          plotted={plotted.latencies}
          width={width}
          kind="lines"
          text={durationText}
        />
        <Plot
          title="Energy, modelled"
          plotted={plotted.energy}
          width={width}
          kind="bars"
          text={energyText}
          sum={sum}
        />
        <Plot
          title="Charges"
          plotted={plotted.charges}
          width={width}
          kind="bars"
          text={chargeText}
          sum={sum}
        />
      </div>
      {!isRanked && (
        <p class="faint">
          More ran in this time than percentiles are worked out of: choose a shorter one for them.
        </p>
      )}
    </>
  );
}

const Tile = ({ name, value }: { name: string; value: string }) => (
  <div class="card tile">
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
