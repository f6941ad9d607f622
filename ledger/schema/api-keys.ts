/**
 * What a caller shows to act for a tenant.
 * The key itself is never stored: its hash finds it, its ends let a person recognise it.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "./tenants.ts";

export type Scope = "infer" | "read" | "admin";

export const api_keys = sqliteTable("api_keys", {
  id: text().primaryKey(),
  tenant_id: text().notNull().references(() => tenants.id),
  name: text().notNull(),
  /** SHA-256 of the whole key, in hex. Plain, not salted: a key is random, so there is no dictionary to try. */
  hash: text().notNull().unique(),
  prefix: text().notNull(),
  last4: text().notNull(),
  scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
  created_at_ms: integer().notNull(),
  expires_at_ms: integer(),
  revoked_at_ms: integer(),
}, (t) => [index("api_keys_by_tenant").on(t.tenant_id, desc(t.created_at_ms), t.id)]);
