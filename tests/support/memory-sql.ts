/**
 * SQLite as an object's storage offers it, in memory.
 * @module
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { migrateObject, type Migration } from "../../durable-objects/shared/migrate.ts";
import type { Disk, Sql } from "../../durable-objects/shared/sql.ts";

/** An object's database as its constructor leaves it. */
export function memorySql(migrations: readonly Migration[]): Sql {
  const disk = memoryDisk();
  migrateObject(disk, migrations);
  return disk.sql;
}

/** An object's storage before its first constructor. */
export function memoryDisk(): Disk {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  return {
    sql: {
      exec: <Row>(query: string, ...bindings: (string | number | null)[]) => {
        const statement = prepared.get(query) ?? database.prepare(query);
        prepared.set(query, statement);
        const rows = statement.all(...bindings);
        return { toArray: () => rows.map((row) => ({ ...row })) as Row[] };
      },
    },
    transactionSync(run) {
      database.exec("BEGIN");
      try {
        const result = run();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
