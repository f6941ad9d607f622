/**
 * The tables of a tenant's object.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const TENANT_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made them.
    sql: `
      CREATE TABLE IF NOT EXISTS book (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        budget INTEGER,
        rate INTEGER,
        spent INTEGER NOT NULL,
        tokens REAL NOT NULL,
        at REAL NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS holders (
        holder TEXT PRIMARY KEY,
        seq INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS leases (
        id TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        units INTEGER,
        requests INTEGER,
        closing INTEGER NOT NULL,
        beats INTEGER NOT NULL
      ) STRICT`,
  },
];
