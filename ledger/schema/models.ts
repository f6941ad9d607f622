/**
 * Versions of models that tenants have uploaded. A row makes its version exist: what the bucket holds
 * without one is nobody's. Rows are never deleted and a number is never given again, as receipts name
 * them.
 * @module
 */

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "./tenants.ts";

export const models = sqliteTable("models", {
  tenant_id: text().notNull().references(() => tenants.id),
  name: text().notNull(),
  /** From 1, in the order of the uploads of a name. */
  version: integer().notNull(),
  /** Of the ONNX file, hexadecimal. */
  sha256: text().notNull(),
  /** The file's key in the bucket; null once a deleted version's file is removed from there. */
  object: text().unique(),
  file_bytes: integer().notNull(),
  /** Of what lies beside the file: its skeleton and what was found in it. */
  skeleton_sha256: text().notNull(),
  skeleton_bytes: integer().notNull(),
  /** JSON: what the inspection found, as the API shows it. */
  facts: text().notNull(),
  /** Real clock. */
  created_at_ms: integer().notNull(),
  /** Real clock; null while the version lives. */
  deleted_at_ms: integer(),
}, (t) => [
  primaryKey({ columns: [t.tenant_id, t.name, t.version] }),
  // Quotas and lists look at what lies in the bucket only, however much was deleted before.
  index("models_stored").on(t.tenant_id, t.name).where(sql`object IS NOT NULL`),
]);
