/**
 * Usage over time, from the answer of /v1/usage to what a plot and its table show.
 * @module
 */
import { BUCKETS } from "./spans.ts";

/** A bucket as /v1/usage has it. */
export interface UsageBucket {
  start: string;
  group: string | null;
  executions: number;
  energy_mj: number;
  charge_microcredits: number;
  modelled_total_ms: { p50: number; p95: number; p99: number } | null;
}

/** The answer of /v1/usage, as far as it is shown. */
export interface Usage {
  from: string;
  to: string;
  total: {
    executions: number;
    energy_mj: number;
    npu_us: number;
    charge_microcredits: number;
  };
  buckets: UsageBucket[];
}

/** One line or one part of each bar: a value for each bucket, null where there is none. */
export interface Series {
  label: string;
  values: (number | null)[];
}

/** What a plot shows. */
export interface Plotted {
  /** Starts of the buckets, ms since 1970, all as wide. */
  starts: number[];
  series: Series[];
}

/** The groups that there are, the largest first; what is left over comes last. */
export function groupsOf(buckets: readonly UsageBucket[]): (string | null)[] {
  const runs = new Map<string | null, number>();
  for (const { group, executions } of buckets) {
    runs.set(group, (runs.get(group) ?? 0) + executions);
  }
  return [...runs].sort(([a, n], [b, m]) => Number(a === null) - Number(b === null) || m - n)
    .map(([group]) => group);
}

/** All buckets of the span, also those in which nothing ran. */
export function startsOf({ from, to }: Usage, width: keyof typeof BUCKETS): number[] {
  const ms = BUCKETS[width];
  const first = Math.floor(Date.parse(from) / ms) * ms;
  const count = Math.max(0, Math.ceil((Date.parse(to) - first) / ms));
  return Array.from({ length: count }, (_, i) => first + i * ms);
}

/** A quantity by group, 0 where nothing ran. */
export function sumsOf(
  usage: Usage,
  width: keyof typeof BUCKETS,
  quantity: "executions" | "energy_mj" | "charge_microcredits",
): Plotted {
  const starts = startsOf(usage, width);
  const of = valuesBy(usage, starts, 0, (bucket) => bucket[quantity]);
  const groups = groupsOf(usage.buckets);
  const isWhole = groups.every((group) => group === null);
  const series = (isWhole ? [null] : groups).map((group) => ({
    label: isWhole ? "All" : labelOf(group),
    values: of(group),
  }));
  return { starts, series };
}

/** The percentiles of the latency; by group, the 95th of each. */
export function latenciesOf(usage: Usage, width: keyof typeof BUCKETS): Plotted {
  const starts = startsOf(usage, width);
  const of = (percentile: "p50" | "p95" | "p99") =>
    valuesBy(usage, starts, null, (bucket) => bucket.modelled_total_ms?.[percentile] ?? null);
  const groups = groupsOf(usage.buckets);
  if (groups.every((group) => group === null)) {
    const series = (["p50", "p95", "p99"] as const)
      .map((percentile) => ({ label: percentile, values: of(percentile)(null) }));
    return { starts, series };
  }
  const p95 = of("p95");
  return { starts, series: groups.map((group) => ({ label: labelOf(group), values: p95(group) })) };
}

/**
 * What bars stand on: each part's values with all parts below it, so that the first is the whole, is drawn
 * first, and shows what the ones over it leave.
 */
export function stacked(series: readonly Series[]): number[][] {
  const sums: number[][] = [];
  for (const { values } of [...series].reverse()) {
    const below = sums.at(-1);
    sums.push(values.map((value, i) => (value ?? 0) + (below?.[i] ?? 0)));
  }
  return sums.reverse();
}

const labelOf = (group: string | null): string => group ?? "All others";

function valuesBy<V extends number | null>(
  { buckets }: Usage,
  starts: readonly number[],
  nothing: V,
  value: (bucket: UsageBucket) => V,
): (group: string | null) => V[] {
  const places = new Map(starts.map((start, i) => [start, i]));
  const byGroup = Map.groupBy(buckets, ({ group }) => group);
  return (group) => {
    const values: V[] = starts.map(() => nothing);
    for (const bucket of byGroup.get(group) ?? []) {
      const place = places.get(Date.parse(bucket.start));
      if (place !== undefined) values[place] = value(bucket);
    }
    return values;
  };
}
