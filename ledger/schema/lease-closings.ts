/**
 * Leases of budget that the ledger has closed, as their holder did not: what was charged under each
 * is final, and a receipt of such a lease that comes later is waived.
 * @module
 */

import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const lease_closings = sqliteTable("lease_closings", {
  lease_id: text().primaryKey(),
  tenant_id: text().notNull(),
  spent_microcredits: integer().notNull(),
  /** Real clock. */
  closed_at_ms: integer().notNull(),
});
