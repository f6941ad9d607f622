/**
 * The part of an object's storage that its stores use, so that tests can put another in its place.
 * @module
 */

/** A value that SQLite keeps, and gives back as it was. */
export type SqlValue = string | number | null;

/**
 * The SQLite of an object. Statements run synchronously; what one turn writes is durable as a
 * whole.
 */
export interface Sql {
  /** Runs a query with its `?` bound in order; throws what SQLite says. */
  exec<Row extends Record<string, SqlValue>>(
    query: string,
    ...bindings: SqlValue[]
  ): { toArray(): Row[] };
}

/** An object's SQLite, with transactions. */
export interface Disk {
  sql: Sql;
  /** Runs a synchronous function in one transaction; if it throws, all of it is undone. */
  transactionSync<T>(run: () => T): T;
}
