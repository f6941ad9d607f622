/**
 * SQLite as an object's storage offers it, in memory.
 * @module
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sql } from "../../durable-objects/shared/sql.ts";

export function memorySql(): Sql {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  return {
    exec: <Row>(query: string, ...bindings: (string | number | null)[]) => {
      const statement = prepared.get(query) ?? database.prepare(query);
      prepared.set(query, statement);
      const rows = statement.all(...bindings);
      return { toArray: () => rows.map((row) => ({ ...row })) as Row[] };
    },
  };
}
