/**
 * As much of an object's storage as its stores use, so that tests can give them another one.
 * @module
 */

export type SqlValue = string | number | null;

export interface Sql {
  exec<Row extends Record<string, SqlValue>>(
    query: string,
    ...bindings: SqlValue[]
  ): { toArray(): Row[] };
}

export interface Disk {
  sql: Sql;
  /** Runs a synchronous function in one transaction; what it throws undoes all of it. */
  transactionSync<T>(run: () => T): T;
}
