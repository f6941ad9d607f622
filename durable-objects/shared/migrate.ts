/**
 * Brings an object's tables to what this release expects: numbered steps, each run once, in order.
 *
 * The number of the last step lies in a table of its own, so opening an object costs one read of
 * one row. Steps that are missing run in one transaction with the new number: a crash leaves the
 * tables as they were or as they are to be. All of them go to SQLite at once: one after the other they took
 * a tenth of a new node's first answer.
 *
 * A rollback opens a database that has steps which the older release does not know. So a step adds
 * (a table, an index, a column that may be null), every INSERT names its columns, and the older
 * release goes on reading and writing. To rename or drop, a step first adds the new beside the old;
 * a later release's step then drops the old, and is marked `breaks`. A release that does not know a
 * step that breaks refuses to open the object and changes nothing in it: calls fail until the newer
 * release is back.
 *
 * The refusal is thrown in the object's constructor, before alarm() of the object could catch it:
 * an alarm that falls due is tried seven times within two and a half minutes, and then the platform
 * drops it. What waits in the object stays on disk, but nothing wakes the object until it is called
 * again under the newer release. Receipts of a node wait for its next ask, a collector's for its
 * next receipts or for GET /v1/backlog, a tenant's leases for its next request. So a rollback over
 * a step that breaks is short, or ends with such calls; a release that has one says so in
 * CHANGELOG.md.
 *
 * Release 7ab9cf5 had no numbers: each class's first step makes its tables if they are not there.
 * That release ignores the numbers, and its INSERTs name no columns: its tables never get another
 * column.
 * @module
 */
import type { Disk, Sql } from "./sql.ts";

/** One step of an object's tables. */
export interface Migration {
  /**
   * Statements, with a semicolon after each but the last. Given as a function, they are chosen by a look at
   * the tables as they are before the first step that is missing.
   */
  sql: string | ((sql: Sql) => string);
  /** Set if a release that does not know this step cannot read the tables after it. */
  breaks?: true;
}

type Applied = { number: number; readable_from: number };

/**
 * Brings an object's tables to this release, in one transaction.
 * @param migrations append-only: a step's number is its place, counted from 1
 * @returns whether the object had no table: nothing can be in those that it has now
 * @throws Error if the tables have a step that breaks and that this release does not know
 */
export function migrateObject(disk: Disk, migrations: readonly Migration[]): boolean {
  const { sql } = disk;
  const isNew = tablesOf(sql) === 0;
  const applied = isNew ? NONE : appliedTo(sql);
  if (applied.readable_from > migrations.length) {
    throw new Error(
      `This object's tables are those of migration ${applied.number}; a release that knows only ` +
        `${migrations.length} cannot read them: deploy the newer release again`,
    );
  }
  if (applied.number >= migrations.length) return false;
  const steps = migrations.slice(applied.number)
    .map(({ sql: step }) => typeof step === "string" ? step : step(sql));
  const statements = [NUMBERS, ...steps, numbered(migrations)].join(";\n");
  disk.transactionSync(() => sql.exec(statements));
  return isNew;
}

const NONE: Applied = { number: 0, readable_from: 0 };

const NUMBERS = `CREATE TABLE IF NOT EXISTS migrations (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL,
  readable_from INTEGER NOT NULL
) STRICT`;

const tablesOf = (sql: Sql): number =>
  sql.exec<{ tables: number }>("SELECT count(*) AS tables FROM sqlite_master").toArray()[0].tables;

function appliedTo(sql: Sql): Applied {
  // Not there in an object of release 7ab9cf5.
  sql.exec(NUMBERS);
  const [applied = NONE] = sql.exec<Applied>("SELECT number, readable_from FROM migrations")
    .toArray();
  return applied;
}

const numbered = (migrations: readonly Migration[]): string =>
  `INSERT INTO migrations (id, number, readable_from)
   VALUES (1, ${migrations.length}, ${migrations.findLastIndex(({ breaks }) => breaks) + 1})
   ON CONFLICT (id) DO UPDATE SET number = excluded.number, readable_from = excluded.readable_from`;
