/**
 * SQLite as an object's storage offers it, in memory.
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { Sql } from "../../durable-objects/sql.ts";

export function memorySql(): Sql {
  const database = new DatabaseSync(":memory:");
  return {
    exec: <Row>(query: string, ...bindings: (string | number | null)[]) => {
      const rows = database.prepare(query).all(...bindings);
      return { toArray: () => rows.map((row) => ({ ...row })) as Row[] };
    },
  };
}
