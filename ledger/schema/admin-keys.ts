/**
 * What an operator shows to make tenants, keys and prices. Admin keys belong to no tenant and have
 * a table of their own, so that a tenant's key is never looked for among them, nor one of them
 * among those.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const admin_keys = sqliteTable("admin_keys", {
  id: text().primaryKey(),
  name: text().notNull(),
  /** SHA-256 of the whole key, in hex. */
  hash: text().notNull().unique(),
  prefix: text().notNull(),
  last4: text().notNull(),
  created_at_ms: integer().notNull(),
  expires_at_ms: integer(),
  revoked_at_ms: integer(),
}, (t) => [index("admin_keys_by_created").on(desc(t.created_at_ms), t.id)]);
