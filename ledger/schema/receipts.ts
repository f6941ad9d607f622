/**
 * What each execution used and costs: mesh/billing/receipt.ts's Receipt, and when the ledger got
 * it. No foreign keys: a receipt states what has happened already, so nothing may refuse it.
 * @module
 */

import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AskClass } from "../../mesh/billing/receipt.ts";

export const receipts = sqliteTable("receipts", {
  /** The execution's id: a retry has the same id, and so is the same row. */
  id: text().primaryKey(),
  tenant_id: text().notNull(),
  key_id: text().notNull(),
  node: text().notNull(),
  region: text().notNull(),
  model: text().notNull(),
  model_version: text().notNull(),
  class: text().$type<AskClass>().notNull(),
  /** Mesh clock. */
  executed_at_ms: integer().notNull(),
  operations: integer().notNull(),
  energy_mj: integer().notNull(),
  npu_us: integer().notNull(),
  bytes_up: integer().notNull(),
  bytes_down: integer().notNull(),
  charge_microcredits: integer().notNull(),
  price_list: text().notNull().default("launch"),
  lease_id: text(),
  /**
   * What it would have cost, if its lease of budget was closed already: then it charges nothing.
   */
  waived_microcredits: integer().notNull().default(0),
  /** Null until an invoice takes it. */
  invoice_id: text(),
  /** Of a language model; null, as the three after it, for tensors. */
  prompt_tokens: integer(),
  completion_tokens: integer(),
  /** Micro-credits, which with the tokens make the charge. */
  per_mega_prompt_token: integer(),
  per_mega_completion_token: integer(),
  /** Real clock. */
  recorded_at_ms: integer().notNull(),
}, (t) => [
  index("receipts_by_tenant").on(t.tenant_id, t.executed_at_ms),
  // Every index ends in the rowid: this one gives a tenant's receipts in the order in which they
  // came.
  index("receipts_by_arrival").on(t.tenant_id),
  index("receipts_by_lease").on(t.lease_id).where(sql`lease_id IS NOT NULL`),
  index("receipts_by_invoice").on(t.invoice_id).where(sql`invoice_id IS NOT NULL`),
]);
