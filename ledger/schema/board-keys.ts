/**
 * What a board shows to attach to its node. Such a key is bound to one node and opens nothing else; it
 * has a table of its own, so that no other kind of key is ever found here, nor this one elsewhere.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const board_keys = sqliteTable("board_keys", {
  id: text().primaryKey(),
  /** The id of the node that it attaches to. */
  node: text().notNull(),
  name: text().notNull(),
  /** SHA-256 of the whole key, in hex. */
  hash: text().notNull().unique(),
  prefix: text().notNull(),
  last4: text().notNull(),
  created_at_ms: integer().notNull(),
  expires_at_ms: integer(),
  revoked_at_ms: integer(),
}, (t) => [index("board_keys_by_node").on(t.node, desc(t.created_at_ms), t.id)]);
