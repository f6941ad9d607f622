/**
 * The tables of an idempotency store.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const IDEMPOTENCY_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made them.
    sql: `
      CREATE TABLE IF NOT EXISTS keys (
        key_hash TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        execution_id TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'released', 'answered', 'unkept')),
        heard_ms INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_expire ON keys (expires_ms);
      CREATE TABLE IF NOT EXISTS parts (
        key_hash TEXT NOT NULL,
        part INTEGER NOT NULL,
        sealed TEXT NOT NULL,
        UNIQUE (key_hash, part)
      ) STRICT`,
  },
  {
    // Beside `keys`, which release 7ab9cf5 writes without naming columns. It neither writes nor deletes
    // here: what it has left of an earlier run of the key is told by the run's execution id.
    sql: `
      CREATE TABLE IF NOT EXISTS key_headers (
        key_hash TEXT PRIMARY KEY,
        execution_id TEXT NOT NULL,
        headers_hash TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
];
