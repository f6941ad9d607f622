/**
 * Reads a tenant's receipts in the order in which the ledger got them, so that whoever goes on from
 * where they stopped misses none, however late it came.
 * @module
 */

import { and, asc, eq, gt, gte, lt, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { receipts } from "./schema/receipts.ts";

export type RecordedReceipt = typeof receipts.$inferSelect;

export interface ReceiptsRequest {
  tenant_id: string;
  limit: number;
  /** The row after which to begin; 0: from the first. */
  after: number;
  /** Mesh clock, from `from_ms` up to, not including, `to_ms`. */
  from_ms?: number;
  to_ms?: number;
  invoice_id?: string;
}

export interface ReceiptsPage {
  receipts: RecordedReceipt[];
  /** The row to go on after, now or when there are more. */
  last: number;
  more: boolean;
}

// Receipts are never deleted, so a new row's number is above all others: their order is that of arrival.
const row = sql<number>`receipts.rowid`;

export async function readReceipts(
  ledger: Ledger,
  { tenant_id, limit, after, from_ms, to_ms, invoice_id }: ReceiptsRequest,
): Promise<ReceiptsPage> {
  const found = await ledger.select({ row, receipt: receipts }).from(receipts).where(and(
    eq(receipts.tenant_id, tenant_id),
    gt(row, after),
    from_ms === undefined ? undefined : gte(receipts.executed_at_ms, from_ms),
    to_ms === undefined ? undefined : lt(receipts.executed_at_ms, to_ms),
    invoice_id === undefined ? undefined : eq(receipts.invoice_id, invoice_id),
  )).orderBy(asc(row)).limit(limit + 1);
  const page = found.slice(0, limit);
  return {
    receipts: page.map(({ receipt }) => receipt),
    last: page.at(-1)?.row ?? after,
    more: found.length > limit,
  };
}
