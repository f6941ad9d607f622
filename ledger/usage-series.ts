/**
 * Sums a tenant's receipts by time buckets, exactly, with percentiles of the modelled latency of each.
 * The work is bounded: so many buckets, so many groups, and percentiles, which sort, of so many
 * executions at most.
 * @module
 */

import { and, asc, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Ledger } from "./client.ts";
import { RECEIPT_SUMS } from "./exact-sum.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";
import type { UsageRequest, UsageRow } from "./usage.ts";

/** A series of a year by day, or of 30 days by hour, is no longer than this; a minute's of 12 hours is. */
export const BUCKETS_MAX = 750;

/** More lines than these nobody tells apart in one plot, and each costs a row in every bucket. */
export const SERIES_GROUPS_MAX = 8;

/** Percentiles sort the executions of a span: so many take the ledger on one machine some half a second. */
export const RANKED_MAX = 50_000;

/** Which receipts of a tenant are summed, into buckets of which width. */
export interface UsageSeriesRequest extends Omit<UsageRequest, "group_by"> {
  /** How long a bucket is, ms; buckets begin at its multiples since 1970. */
  bucket_ms: number;
  /** Missing: one row for each bucket. */
  group_by?: "model" | "node" | "region";
  /** Percentiles of spans of more executions are not worked out; RANKED_MAX unless given. */
  ranked_max?: number;
}

/** Percentiles by nearest rank, ms: each is the latency of one of the executions. */
export interface LatencyPercentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Sums of the receipts of one bucket and one group. */
export type UsageBucket = Omit<UsageRow, "group"> & {
  /** Start of the bucket, ms since 1970. */
  start_ms: number;
  /** Null without grouping, and for all groups but the SERIES_GROUPS_MAX largest together. */
  group: string | null;
  /** Of the modelled total; null where more than RANKED_MAX executions are in the span. */
  latency_ms: LatencyPercentiles | null;
};

/**
 * Sums receipts by bucket, and by group where asked for. Rows are in the order of buckets and groups, the
 * group of null last in its bucket; a bucket without receipts has no row.
 * @throws RangeError for a span of more than BUCKETS_MAX buckets
 */
export async function usageSeries(
  ledger: Ledger,
  request: UsageSeriesRequest,
): Promise<UsageBucket[]> {
  const buckets = bucketsOf(request);
  if (buckets > BUCKETS_MAX) {
    throw new RangeError(`Cannot sum ${buckets} buckets: at most ${BUCKETS_MAX}`);
  }
  const { tenant_id, from_ms, to_ms, bucket_ms, group_by, ranked_max = RANKED_MAX } = request;
  const asked = and(
    eq(receipts.tenant_id, tenant_id),
    gte(receipts.executed_at_ms, from_ms),
    lt(receipts.executed_at_ms, to_ms),
  );
  const largest = group_by === undefined ? [] : await largestGroups(ledger, group_by, asked);
  const group = group_by === undefined ? null : groupAmong(GROUPS[group_by], largest);
  const start = sql<number>`${receipts.executed_at_ms} - ${receipts.executed_at_ms} % ${
    sql.raw(`${bucket_ms}`)
  }`;
  const by = group === null ? [start] : [start, group];
  // NULLs come first in SQLite: what is left over comes behind the groups that have names.
  const order = group === null ? [asc(start)] : [asc(start), sql`${group} IS NULL`, asc(group)];
  const sums = ledger.select({
    start_ms: start,
    group: group === null ? sql<null>`NULL` : sql<string | null>`${group}`,
    ...RECEIPT_SUMS,
  }).from(receipts).where(asked).groupBy(...by).orderBy(...order);
  const [rows, ranks] = await ledger.batch([
    sums,
    percentiles(ledger, { asked, start, group: group ?? sql`NULL`, ranked_max }),
  ]);
  const latencies = new Map(
    ranks.map(({ start_ms, group, ...ms }) => [`${start_ms} ${group}`, ms]),
  );
  return rows.map((row) => ({
    ...row,
    latency_ms: latencies.get(`${row.start_ms} ${row.group}`) ?? null,
  }));
}

/**
 * How many buckets a span touches.
 * @returns an integer, 0 for an empty span
 */
export const bucketsOf = (
  { from_ms, to_ms, bucket_ms }: Pick<UsageSeriesRequest, "from_ms" | "to_ms" | "bucket_ms">,
): number => Math.max(0, Math.ceil(to_ms / bucket_ms) - Math.floor(from_ms / bucket_ms));

const GROUPS = {
  model: receipts.model,
  node: receipts.node,
  region: receipts.region,
} as const;

/** The groups with the most executions in the span; of two as large, the first by name. */
async function largestGroups(
  ledger: Ledger,
  group_by: keyof typeof GROUPS,
  asked: SQL | undefined,
): Promise<string[]> {
  const group: SQLiteColumn = GROUPS[group_by];
  const rows = await ledger.select({ group: sql<string>`${group}` }).from(receipts).where(asked)
    .groupBy(group).orderBy(desc(sql`count(*)`), asc(group)).limit(SERIES_GROUPS_MAX);
  return rows.map((row) => row.group);
}

const groupAmong = (column: SQLiteColumn, largest: readonly string[]): SQL =>
  largest.length === 0
    ? sql`NULL`
    : sql`CASE WHEN ${inArray(column, [...largest])} THEN ${column} END`;

/** Of each bucket and group the executions at the three ranks; nothing of more than `ranked_max`. */
function percentiles(
  ledger: Ledger,
  { asked, start, group, ranked_max }: {
    asked: SQL | undefined;
    start: SQL<number>;
    group: SQL;
    ranked_max: number;
  },
) {
  const ms = placements.modelled_total_ms;
  const some = ledger.select({ one: sql`1` }).from(receipts).where(asked).limit(ranked_max + 1);
  const ranked = ledger.select({
    start_ms: start.as("start_ms"),
    group: sql<string | null>`${group}`.as("in_group"),
    ms: sql<number>`${ms}`.as("ms"),
    rank: sql<number>`row_number() OVER (PARTITION BY ${start}, ${group} ORDER BY ${ms})`.as(
      "rank",
    ),
    n: sql<number>`count(*) OVER (PARTITION BY ${start}, ${group})`.as("n"),
  }).from(receipts).innerJoin(placements, eq(placements.id, receipts.id))
    .where(and(asked, sql`(SELECT count(*) FROM (${some})) <= ${ranked_max}`)).as("ranked");
  // Nearest rank: the smallest that is not below the share. Raw, as the client binds numbers as REAL, and
  // this is a division of integers.
  const at = (percent: 50 | 95 | 99) => {
    const is = sql`${ranked.rank} = (${ranked.n} * ${sql.raw(`${percent}`)} + 99) / 100`;
    return sql<number>`max(CASE WHEN ${is} THEN ${ranked.ms} END)`;
  };
  const { start_ms, group: in_group } = ranked;
  return ledger.select({ start_ms, group: in_group, p50: at(50), p95: at(95), p99: at(99) })
    .from(ranked).groupBy(sql`${start_ms}`, sql`${in_group}`);
}
