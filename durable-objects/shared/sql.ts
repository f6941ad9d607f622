/**
 * As much of an object's SQLite as its stores use, so that tests can give them another one.
 * @module
 */

export type SqlValue = string | number | null;

export interface Sql {
  exec<Row extends Record<string, SqlValue>>(
    query: string,
    ...bindings: SqlValue[]
  ): { toArray(): Row[] };
}
