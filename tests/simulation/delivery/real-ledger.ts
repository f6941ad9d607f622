/**
 * A real libSQL in memory, migrated, for the simulation: answers in microtasks, so that virtual time
 * need not wait for it.
 * @module
 */
import { drizzle } from "drizzle-orm/libsql";
import { migrateLedger } from "../../../emulator/migrate.ts";
import type { Ledger } from "../../../ledger/client.ts";
import { lease_closings } from "../../../ledger/schema/lease-closings.ts";
import { placements } from "../../../ledger/schema/placements.ts";
import { receipts } from "../../../ledger/schema/receipts.ts";

export async function openRealLedger(): Promise<Ledger> {
  // The client over HTTP and this one offer the same; only how they connect differs.
  const ledger = drizzle({ connection: { url: ":memory:" } }) as unknown as Ledger;
  await migrateLedger(ledger);
  return ledger;
}

export async function clear(ledger: Ledger): Promise<void> {
  for (const table of [receipts, placements, lease_closings]) await ledger.delete(table);
}
