/**
 * Who is billed.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const tenants = sqliteTable("tenants", {
  id: text().primaryKey(),
  name: text().notNull(),
  created_at_ms: integer().notNull(),
}, (t) => [index("tenants_by_created").on(desc(t.created_at_ms), t.id)]);
