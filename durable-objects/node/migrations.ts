/**
 * The tables of a node's object: its outbox, its address and its custody.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const NODE_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made them.
    sql: `
      CREATE TABLE IF NOT EXISTS passports (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        passport TEXT NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS outbox (
        id TEXT PRIMARY KEY,
        execution TEXT NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS custodies (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        known_epoch INTEGER,
        known_region TEXT,
        held_epoch INTEGER,
        state TEXT NOT NULL,
        due TEXT CHECK (due IN ('confirm', 'push', 'release')),
        service TEXT NOT NULL,
        service_version INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS crossings (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('sealed', 'received')),
        of_epoch INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        peer TEXT NOT NULL,
        state TEXT NOT NULL
      ) STRICT`,
  },
  {
    // A passport is called a node's address now. The old table stays for a rollback to 7ab9cf5,
    // whose alarm finds no node without it and would leave receipts in the outbox; a later step
    // drops it.
    sql: `
      CREATE TABLE addresses (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        address TEXT NOT NULL
      ) STRICT;
      INSERT INTO addresses (id, address) SELECT id, passport FROM passports`,
  },
  {
    // The outbox as one tree instead of a table and its index: half the rows written. The old table
    // stays for a rollback; the Outbox takes over what it holds at each start, so also what a release
    // before this one has kept in it since.
    sql: `
      CREATE TABLE undelivered (
        id TEXT PRIMARY KEY,
        execution TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
  {
    // Streams of language models that are under way.
    sql: `
      CREATE TABLE unfinished_runs (
        id TEXT PRIMARY KEY,
        execution TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
];
