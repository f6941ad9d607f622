/**
 * Price lists after the launch prices (mesh/billing/receipt.ts). Never changed: receipts name them.
 * @module
 */

import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const prices = sqliteTable("prices", {
  id: text().primaryKey(),
  /** Mesh clock. */
  valid_from_ms: integer().notNull().unique(),
  per_request: integer().notNull(),
  per_mega_operation: integer().notNull(),
  per_kilobyte: integer().notNull(),
  created_at_ms: integer().notNull(),
});
