/**
 * The table of a ledger cache.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";

/** Append-only, as migrateObject() says. */
export const LEDGER_CACHE_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made it.
    run(sql) {
      sql.exec(`CREATE TABLE IF NOT EXISTS known (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        asked_ms INTEGER NOT NULL
      ) STRICT`);
    },
  },
];
