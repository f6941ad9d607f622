import assert from "node:assert/strict";
import {
  groupsOf,
  latenciesOf,
  stacked,
  startsOf,
  sumsOf,
  type Usage,
} from "../../../console/usage/series.ts";

const bucket = (start: string, group: string | null, executions: number, p95: number | null) => ({
  start: `2026-11-26T${start}:00.000Z`,
  group,
  executions,
  energy_mj: executions * 2,
  charge_microcredits: executions * 100,
  modelled_total_ms: p95 === null ? null : { p50: p95 / 2, p95, p99: p95 * 2 },
});

const usage = (buckets: Usage["buckets"]): Usage => ({
  from: "2026-11-26T10:00:30.000Z",
  to: "2026-11-26T10:04:00.000Z",
  total: { executions: 0, energy_mj: 0, npu_us: 0, charge_microcredits: 0 },
  buckets,
});

Deno.test("startsOf() has every bucket that the span touches, and none after it", () => {
  const minutes = startsOf(usage([]), "1m").map((ms) => new Date(ms).toISOString().slice(11, 16));
  assert.deepEqual(minutes, ["10:00", "10:01", "10:02", "10:03"]);
});

Deno.test("sumsOf() is 0 where nothing ran, by the largest group first and what is left over last", () => {
  const some = usage([
    bucket("10:01", "small", 1, 5),
    bucket("10:01", null, 9, 5),
    bucket("10:03", "large", 4, 7),
  ]);
  assert.deepEqual(groupsOf(some.buckets), ["large", "small", null]);
  assert.deepEqual(sumsOf(some, "1m", "executions").series, [
    { label: "large", values: [0, 0, 0, 4] },
    { label: "small", values: [0, 1, 0, 0] },
    { label: "All others", values: [0, 9, 0, 0] },
  ]);
  assert.deepEqual(sumsOf(usage([]), "1m", "energy_mj").series, [
    { label: "All", values: [0, 0, 0, 0] },
  ]);
});

Deno.test("latenciesOf() leaves a gap where nothing ran, and has three percentiles of all or one of each group", () => {
  const all = latenciesOf(usage([bucket("10:02", null, 1, 6)]), "1m");
  assert.deepEqual(all.series, [
    { label: "p50", values: [null, null, 3, null] },
    { label: "p95", values: [null, null, 6, null] },
    { label: "p99", values: [null, null, 12, null] },
  ]);
  const grouped = latenciesOf(
    usage([bucket("10:02", "a", 1, 6), bucket("10:03", "a", 1, null)]),
    "1m",
  );
  assert.deepEqual(grouped.series, [{ label: "a", values: [null, null, 6, null] }]);
});

Deno.test("stacked() puts each part on those behind it: the first is the whole", () => {
  const values = [[1, 0, 2], [10, null, 20], [100, 0, 0]];
  const series = values.map((values, i) => ({ label: `${i}`, values }));
  assert.deepEqual(stacked(series), [[111, 0, 22], [110, 0, 20], [100, 0, 0]]);
  assert.deepEqual(stacked([]), []);
});
