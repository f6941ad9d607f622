/**
 * Sums a tenant's receipts over a time, exactly.
 * @module
 */

import { and, asc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Receipt } from "../mesh/billing/receipt.ts";
import type { Ledger } from "./client.ts";
import { RECEIPT_SUMS } from "./exact-sum.ts";
import { receipts } from "./schema/receipts.ts";

export type UsageGrouping = "hour" | "model" | "node" | "region";

export interface UsageRequest {
  tenant_id: string;
  /** Mesh clock, from `from_ms` up to, not including, `to_ms`. */
  from_ms: number;
  to_ms: number;
  group_by?: UsageGrouping;
}

type Quantity = Extract<
  keyof Receipt,
  "operations" | "energy_mj" | "npu_us" | "bytes_up" | "bytes_down" | "charge_microcredits"
>;

/** Sums are bigint: 10,000 runs of 10^12 operations pass 2^53. */
export type UsageRow = Record<Quantity, bigint> & {
  /** The name grouped by, or the start of the hour in ms since 1970; null without grouping. */
  group: string | number | null;
  executions: number;
};

/** Ordered by group; without grouping one row, of zeros when there are no receipts. */
export async function usage(
  ledger: Ledger,
  { tenant_id, from_ms, to_ms, group_by }: UsageRequest,
): Promise<UsageRow[]> {
  const group = group_by === undefined ? null : GROUPS[group_by];
  const query = ledger.select({
    group: group === null ? sql<null>`NULL` : sql<string | number>`${group}`,
    ...RECEIPT_SUMS,
  }).from(receipts).where(and(
    eq(receipts.tenant_id, tenant_id),
    gte(receipts.executed_at_ms, from_ms),
    lt(receipts.executed_at_ms, to_ms),
  ));
  if (group === null) return await query;
  return await query.groupBy(group).orderBy(asc(group));
}

const GROUPS: Record<UsageGrouping, SQLiteColumn | SQL> = {
  hour: sql`${receipts.executed_at_ms} - ${receipts.executed_at_ms} % 3600000`,
  model: receipts.model,
  node: receipts.node,
  region: receipts.region,
};
