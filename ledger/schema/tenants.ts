/**
 * Who is billed, with budget and rate.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const tenants = sqliteTable("tenants", {
  id: text().primaryKey(),
  name: text().notNull(),
  /** For all executions ever, until it is set anew; null: no budget. */
  budget_microcredits: integer(),
  /** Null: no rate. */
  requests_per_minute: integer(),
  /** What the files of its models may take together. */
  model_bytes_max: integer().notNull().default(512 * 2 ** 20),
  /** How many versions of models it may have, all names together. */
  models_max: integer().notNull().default(32),
  created_at_ms: integer().notNull(),
}, (t) => [index("tenants_by_created").on(desc(t.created_at_ms), t.id)]);
