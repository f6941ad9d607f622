/**
 * What a caller shows to act for a tenant.
 * The key itself is never stored: its hash finds it, its ends let a person recognise it.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "./tenants.ts";

/**
 * What a key may do: `infer` runs models, `read` reads what the tenant used and has, `models` uploads
 * and deletes the tenant's models. No new key gets `admin` (KeyScope in contract/account.ts): admin keys
 * have a table of their own.
 */
export type Scope = "infer" | "read" | "models" | "admin";

export const api_keys = sqliteTable("api_keys", {
  id: text().primaryKey(),
  tenant_id: text().notNull().references(() => tenants.id),
  name: text().notNull(),
  /**
   * SHA-256 of the whole key, hexadecimal. Not salted: keys are random, so no dictionary has them.
   */
  hash: text().notNull().unique(),
  prefix: text().notNull(),
  last4: text().notNull(),
  scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
  created_at_ms: integer().notNull(),
  expires_at_ms: integer(),
  revoked_at_ms: integer(),
  /** The key that was made in its place: there is one at most. */
  successor_id: text(),
}, (t) => [index("api_keys_by_tenant").on(t.tenant_id, desc(t.created_at_ms), t.id)]);
