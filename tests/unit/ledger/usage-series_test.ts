import assert from "node:assert/strict";
import type { Execution } from "../../../ledger/execution.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import {
  BUCKETS_MAX,
  SERIES_GROUPS_MAX,
  usageSeries,
  type UsageSeriesRequest,
} from "../../../ledger/usage-series.ts";
import { seeded } from "../../support/random.ts";
import {
  QUANTITIES,
  randomExecutions,
  SPAN_MS,
  START_MS,
  TENANTS,
} from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

/** The same by plain loops and whole sorts. */
function plainSeries(executions: readonly Execution[], request: UsageSeriesRequest) {
  const { tenant_id, from_ms, to_ms, bucket_ms, group_by } = request;
  const asked = executions.filter(({ receipt }) =>
    receipt.tenant_id === tenant_id && receipt.executed_at_ms >= from_ms &&
    receipt.executed_at_ms < to_ms
  );
  const counts = Map.groupBy(asked, ({ receipt }) => group_by ? receipt[group_by] : "");
  const largest = [...counts]
    .sort(([a, { length: n }], [b, { length: m }]) => m - n || (a < b ? -1 : 1))
    .slice(0, SERIES_GROUPS_MAX).map(([group]) => group);
  const groupOf = ({ receipt }: Execution) =>
    group_by && largest.includes(receipt[group_by]) ? receipt[group_by] : null;
  const startOf = ({ receipt }: Execution) =>
    Math.floor(receipt.executed_at_ms / bucket_ms) * bucket_ms;
  const buckets = Map.groupBy(asked, (one) => JSON.stringify([startOf(one), groupOf(one)]));
  return [...buckets].map(([key, ran]) => {
    const [start_ms, group] = JSON.parse(key);
    const sums = Object.fromEntries(QUANTITIES.map((name) => [
      name,
      ran.reduce((sum, { receipt }) => sum + BigInt(receipt[name] ?? 0), 0n),
    ]));
    const ms = ran.map(({ placement }) => placement.modelled_total_ms).sort((a, b) => a - b);
    const at = (share: number) => ms[Math.ceil(ms.length * share) - 1];
    const latency_ms = { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
    return { start_ms, group, executions: ran.length, ...sums, latency_ms };
  }).sort((a, b) =>
    a.start_ms - b.start_ms ||
    (a.group === null ? 1 : b.group === null ? -1 : a.group < b.group ? -1 : 1)
  );
}

Deno.test("usageSeries() is the plain sum and nearest rank of every bucket, for any time, width and grouping", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(1500, 21);
  for (let i = 0; i < executions.length; i += 500) {
    await recordExecutions(ledger, executions.slice(i, i + 500), 1);
  }
  const random = seeded(22);
  const instant = () =>
    random.chance(0.5)
      ? random.pick(executions).receipt.executed_at_ms
      : START_MS + random.integer(0, SPAN_MS);
  let others = 0;
  for (let i = 0; i < 40; i++) {
    const request: UsageSeriesRequest = {
      tenant_id: random.pick([...TENANTS, "nobody"]),
      from_ms: instant(),
      to_ms: instant(),
      bucket_ms: random.pick([60_000, 3_600_000, 86_400_000]),
      group_by: random.pick([undefined, "model", "node", "region"] as const),
    };
    const got = await usageSeries(ledger, request);
    const where = `case ${i} of seed 22: ${JSON.stringify(request)}`;
    assert.deepEqual(got, plainSeries(executions, request), where);
    if (request.group_by === "node") others += got.filter(({ group }) => group === null).length;
  }
  assert.ok(others > 0, "no case has more groups than are shown");

  // Sums are worked out of however many; percentiles of so many at most.
  const request = { tenant_id: "acme", from_ms: START_MS - 1, to_ms: START_MS + SPAN_MS };
  const whole = { ...request, bucket_ms: 3_600_000, group_by: "model" as const };
  const all = plainSeries(executions, whole);
  const n = all.reduce((sum, { executions }) => sum + executions, 0);
  assert.deepEqual(await usageSeries(ledger, { ...whole, ranked_max: n }), all);
  assert.deepEqual(
    await usageSeries(ledger, { ...whole, ranked_max: n - 1 }),
    all.map((bucket) => ({ ...bucket, latency_ms: null })),
  );
});

Deno.test("usageSeries() takes no more than BUCKETS_MAX buckets", async () => {
  await using temporary = await temporaryLedger();
  const request = { tenant_id: "acme", from_ms: 0, bucket_ms: 60_000 };
  const series = (minutes: number) =>
    usageSeries(temporary.ledger, { ...request, to_ms: minutes * 60_000 });
  assert.deepEqual(await series(BUCKETS_MAX), []);
  await assert.rejects(series(BUCKETS_MAX + 1), /751 buckets: at most 750/);
});
