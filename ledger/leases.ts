/**
 * Closes leases of budget for good: nothing is charged under a lease after its closing.
 * Its other half is in record-executions.ts, which waives receipts that come later.
 * @module
 */

import { eq, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { lease_closings } from "./schema/lease-closings.ts";
import { receipts } from "./schema/receipts.ts";

/** The end of a lease; `closed_at_ms` is of the real clock. */
export interface LeaseClosing {
  lease_id: string;
  tenant_id: string;
  closed_at_ms: number;
}

/**
 * Records the closing and counts what is charged, in one transaction. Closing a lease again answers
 * what the first closing did.
 * @returns micro-credits charged under the lease
 */
export async function closeLease(
  ledger: Ledger,
  { lease_id, tenant_id, closed_at_ms }: LeaseClosing,
): Promise<number> {
  const charged = ledger.select({
    lease_id: sql<string>`${lease_id}`.as("lease_id"),
    tenant_id: sql<string>`${tenant_id}`.as("tenant_id"),
    spent_microcredits: sql<number>`coalesce(sum(${receipts.charge_microcredits}), 0)`
      .as("spent_microcredits"),
    closed_at_ms: sql<number>`${closed_at_ms}`.as("closed_at_ms"),
  }).from(receipts).where(eq(receipts.lease_id, lease_id));
  const [, [closing]] = await ledger.batch([
    ledger.insert(lease_closings).select(charged).onConflictDoNothing(),
    ledger.select().from(lease_closings).where(eq(lease_closings.lease_id, lease_id)),
  ]);
  return closing.spent_microcredits;
}
