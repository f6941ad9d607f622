/**
 * The tables of a ledger cache.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const LEDGER_CACHE_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made it.
    sql: `
      CREATE TABLE IF NOT EXISTS known (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        asked_ms INTEGER NOT NULL
      ) STRICT`,
  },
  {
    // The names of records outlast the records. The index finds the oldest of many.
    sql: `
      CREATE TABLE names (
        name TEXT PRIMARY KEY,
        noted_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX names_by_age ON names (noted_ms);
      INSERT INTO names (name, noted_ms) SELECT name, asked_ms FROM known`,
  },
];
