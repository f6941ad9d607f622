/**
 * Invoices. What one charges is not stored but summed: it is the receipts that carry its id, which
 * never change.
 * @module
 */

import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const invoices = sqliteTable("invoices", {
  id: text().primaryKey(),
  tenant_id: text().notNull(),
  /**
   * The month, mesh clock, such as 2026-11. A receipt that comes after the invoice is in the next
   * one.
   */
  period: text().notNull(),
  /** Real clock. */
  issued_at_ms: integer().notNull(),
}, (t) => [uniqueIndex("invoices_once").on(t.tenant_id, t.period)]);
