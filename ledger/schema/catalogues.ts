/**
 * Catalogues of real satellites, as mesh/orbit/catalogue.ts packs them, in pieces.
 * Never changed and never deleted: a placement of last year can be checked against its elements.
 * @module
 */

import { desc } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const catalogues = sqliteTable("catalogues", {
  /** Ends with a digest of the content: the same name is the same bytes. */
  name: text().primaryKey(),
  bytes: integer().notNull(),
  /** When it last became the newest, real clock. */
  created_at_ms: integer().notNull(),
}, (t) => [index("catalogues_by_created").on(desc(t.created_at_ms), t.name)]);

export const catalogue_chunks = sqliteTable("catalogue_chunks", {
  catalogue: text().notNull().references(() => catalogues.name),
  /** From 0, in order. */
  number: integer().notNull(),
  content: blob({ mode: "buffer" }).notNull(),
}, (t) => [primaryKey({ columns: [t.catalogue, t.number] })]);
