/**
 * The tables of a registrar.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const REGISTRAR_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made it.
    sql: `
      CREATE TABLE IF NOT EXISTS holders (
        node TEXT PRIMARY KEY,
        epoch INTEGER,
        region TEXT,
        sources TEXT NOT NULL,
        service TEXT NOT NULL CHECK (service IN ('up', 'drained', 'failed')),
        service_version INTEGER NOT NULL,
        CHECK ((epoch IS NULL) = (region IS NULL))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS holders_not_up ON holders (node) WHERE service <> 'up'`,
  },
  {
    sql: `
      CREATE TABLE boards (
        node TEXT PRIMARY KEY,
        session TEXT NOT NULL,
        seen_at_ms INTEGER NOT NULL,
        board TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
];
