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

/** What receipts are grouped by. */
export type UsageGrouping = "hour" | "model" | "node" | "region";

/** Which receipts of a tenant are summed. */
export interface UsageRequest {
  tenant_id: string;
  /** Executed at or after this, mesh clock. */
  from_ms: number;
  /** Executed before this, mesh clock. */
  to_ms: number;
  /** Missing: one row for all. */
  group_by?: UsageGrouping;
}

type Quantity = Extract<
  keyof Receipt,
  | "operations"
  | "energy_mj"
  | "npu_us"
  | "bytes_up"
  | "bytes_down"
  | "prompt_tokens"
  | "completion_tokens"
  | "charge_microcredits"
>;

/** Sums of receipts. They are bigint: 10,000 runs of 10^12 operations pass 2^53. */
export type UsageRow = Record<Quantity, bigint> & {
  /** The name grouped by, or the start of the hour in ms since 1970; null without grouping. */
  group: string | number | null;
  /** How many receipts. */
  executions: number;
};

/**
 * Sums receipts. Rows are in the order of their groups; without grouping there is one row, of zeros
 * if there are no receipts.
 */
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
