/**
 * One INSERT for many rows. It writes the SQL itself: drizzle's `insert().values()` takes 10 to 20
 * ms of CPU for 100 executions, this takes 3 to 4 ms, and the client runs where CPU is billed. It
 * is faster through the bridge, too, than a statement for each row or one JSON argument read by
 * json_each.
 * @module
 */

import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { InStatement, InValue } from "@libsql/client/web";

/**
 * Makes the statement that inserts rows whose id is new; a row that is there already stays as it
 * is. Columns that are null in all rows, and null by default, are left out: a tenth of an
 * execution.
 * @param rows at least one
 */
export function insertRows<T extends SQLiteTable>(
  table: T,
  rows: T["$inferSelect"][],
): InStatement {
  type Key = keyof T["$inferSelect"];
  const columns = (Object.entries(getTableColumns(table)) as [Key, SQLiteColumn][])
    .filter(([key, { notNull, hasDefault }]) =>
      notNull || hasDefault || rows.some((values) => (values[key] ?? null) !== null)
    );
  const names = columns.map(([, column]) => column.name).join(", ");
  const row = `(${columns.map(() => "?").join(", ")})`;
  const args: InValue[] = [];
  for (const values of rows) {
    for (const [key, column] of columns) {
      const value = values[key] ?? null;
      args.push(value === null ? null : column.mapToDriverValue(value) as InValue);
    }
  }
  const sql = `INSERT INTO ${getTableName(table)} (${names}) VALUES ` +
    `${new Array(rows.length).fill(row).join(", ")} ON CONFLICT (id) DO NOTHING`;
  return { sql, args };
}
