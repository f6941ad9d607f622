/**
 * Reads a tenant's receipts in the order in which the ledger got them, so that a reader who goes on
 * from the last page misses none, however late a receipt came.
 * @module
 */

import { and, asc, eq, gt, gte, lt, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { receipts } from "./schema/receipts.ts";

/** A receipt as the ledger keeps it. */
export type RecordedReceipt = typeof receipts.$inferSelect;

/** Which receipts of a tenant. */
export interface ReceiptsRequest {
  tenant_id: string;
  /** How many receipts at most. */
  limit: number;
  /** The id of the tenant's receipt to go on after, `last` of the page before; null: from the first. */
  after: string | null;
  /** Executed at or after this, mesh clock. */
  from_ms?: number;
  /** Executed before this, mesh clock. */
  to_ms?: number;
  /** Only receipts on this invoice. */
  invoice_id?: string;
}

/** A page of receipts, in the order of their arrival; or `after` is no receipt of the tenant. */
export type ReceiptsPage =
  | {
    ok: true;
    receipts: RecordedReceipt[];
    /** The id to go on after, now or when there are more; null: the tenant has none yet. */
    last: string | null;
    more: boolean;
  }
  | { ok: false; refusal: "bad_cursor" };

// Receipts are never deleted, so a new row's number is the highest: rows are in order of arrival.
const row = sql<number>`receipts.rowid`;

/** Reads receipts in the order in which the ledger got them. */
export async function readReceipts(
  ledger: Ledger,
  { tenant_id, limit, after, from_ms, to_ms, invoice_id }: ReceiptsRequest,
): Promise<ReceiptsPage> {
  const before = ledger.select({ row }).from(receipts)
    .where(and(eq(receipts.id, after ?? ""), eq(receipts.tenant_id, tenant_id)));
  // One transaction, and one way there and back.
  const [known, found] = await ledger.batch([
    before,
    ledger.select().from(receipts).where(and(
      eq(receipts.tenant_id, tenant_id),
      after === null ? undefined : gt(row, sql`(${before})`),
      from_ms === undefined ? undefined : gte(receipts.executed_at_ms, from_ms),
      to_ms === undefined ? undefined : lt(receipts.executed_at_ms, to_ms),
      invoice_id === undefined ? undefined : eq(receipts.invoice_id, invoice_id),
    )).orderBy(asc(row)).limit(limit + 1),
  ]);
  if (after !== null && known.length === 0) return { ok: false, refusal: "bad_cursor" };
  const page = found.slice(0, limit);
  return {
    ok: true,
    receipts: page,
    last: page.at(-1)?.id ?? after,
    more: found.length > limit,
  };
}
