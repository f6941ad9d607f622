/**
 * SQLite as an object's storage offers it, in memory.
 * @module
 */
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { migrateObject, type Migration } from "../../durable-objects/shared/migrate.ts";
import type { Disk, Sql } from "../../durable-objects/shared/sql.ts";

interface Prepared {
  statement: StatementSync;
  /** Of its columns: rows come as arrays, which costs a third of what objects do. */
  names: string[];
}

/** An object's database as its constructor leaves it. */
export function memorySql(migrations: readonly Migration[]): Sql {
  const disk = memoryDisk();
  migrateObject(disk, migrations);
  return disk.sql;
}

/** An object's storage before its first constructor. */
export function memoryDisk(): Disk {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, Prepared>();
  return {
    sql: {
      exec: <Row>(query: string, ...bindings: (string | number | null)[]) => {
        if (bindings.length === 0 && /;\s*\S/.test(query)) {
          // node:sqlite prepares the first of several statements only; an object runs them all.
          database.exec(query);
          return { toArray: () => [] };
        }
        let known = prepared.get(query);
        if (!known) prepared.set(query, known = prepare(database, query));
        const { statement, names } = known;
        const rows = statement.all(...bindings) as unknown as SQLOutputValue[][];
        return {
          toArray: () =>
            rows.map((values) => {
              const row: Record<string, SQLOutputValue> = {};
              for (let i = 0; i < names.length; i++) row[names[i]] = values[i];
              return row as Row;
            }),
        };
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

function prepare(database: DatabaseSync, query: string): Prepared {
  // Deno has it, its types do not.
  const statement = database.prepare(query) as StatementSync & {
    setReturnArrays(enabled: boolean): void;
  };
  statement.setReturnArrays(true);
  return { statement, names: statement.columns().map(({ name }) => name) };
}
