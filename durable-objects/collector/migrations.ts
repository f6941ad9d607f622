/**
 * The tables of a collector.
 * @module
 */
import type { Migration } from "../shared/migrate.ts";
import type { Sql } from "../shared/sql.ts";

/** Append-only, as migrateObject() says. */
export const COLLECTOR_MIGRATIONS: readonly Migration[] = [
  {
    // As release 7ab9cf5 made them; releases before it had no lease_id.
    sql: (sql) => `
      CREATE TABLE IF NOT EXISTS inbox (
        id TEXT PRIMARY KEY,
        execution TEXT NOT NULL,
        lease_id TEXT
      ) STRICT;
      ${lacksLeases(sql) ? "ALTER TABLE inbox ADD COLUMN lease_id TEXT;" : ""}
      CREATE INDEX IF NOT EXISTS inbox_by_lease ON inbox (lease_id) WHERE lease_id IS NOT NULL;
      CREATE TABLE IF NOT EXISTS poison (
        id TEXT PRIMARY KEY,
        reason TEXT NOT NULL,
        set_aside_ms INTEGER NOT NULL,
        execution TEXT NOT NULL
      ) STRICT`,
  },
];

/** Whether there is an inbox without the column. */
function lacksLeases(sql: Sql): boolean {
  const columns = sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('inbox')")
    .toArray();
  return columns.length > 0 && !columns.some(({ name }) => name === "lease_id");
}
