/**
 * One libSQL file behind one connection: runs, describes and scripts statements, synchronously.
 * Not its job: the protocol (pipeline.ts), HTTP (server.ts).
 *
 * The native driver (libsql 0.5.29) aborts the process on some misuse, so this file keeps to: bind
 * arrays only, of null, number, bigint, string and bytes; read every statement that has columns to its
 * end, as one left half-read keeps the file locked until it is collected.
 * @module
 */

import Database from "libsql";
import { type DescribeResult, type HranaValue, StatementError, type StmtResult } from "./hrana.ts";
import { bindArguments, type NamedArg } from "./bind-arguments.ts";
import { type ScannedSql, scanSql } from "./scan-sql.ts";
import { statementError } from "./sqlite-error.ts";
import { encodeValue } from "./value.ts";

// 500 rows in one INSERT are 40,000 characters; longer texts hold literals, which do not come again.
const PREPARED_CHARS_MAX = 65_536;
// Of all that are kept. Such an INSERT holds 1 MB in SQLite, and there is one for each number of rows.
const ALL_PREPARED_CHARS_MAX = 524_288;

// FULL, not NORMAL: NORMAL keeps an acknowledged row through kill -9 of this process, FULL also through
// the loss of power. It costs one fsync a commit: here 0.22 ms against 0.04 ms, and 1.4 µs a row in
// batches of 250. Foreign keys hold for the connection, not the file, so every opening sets them.
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 5000;
`;

interface Prepared {
  statement: Database.Statement<unknown[]>;
  scanned: ScannedSql;
  reader: boolean;
}

export interface StatementRun {
  sql: string;
  args: HranaValue[];
  named_args: NamedArg[];
  want_rows: boolean;
}

export class LedgerFile {
  readonly #db: Database.Database;
  readonly #prepared = new Map<string, Prepared>();
  #preparedChars = 0;
  #settingsChanged = false;

  constructor(path: string) {
    this.#db = new Database(path, { timeout: 5000 });
    this.#db.defaultSafeIntegers(true);
    this.#db.exec(SETTINGS);
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  run({ sql, args, named_args, want_rows }: StatementRun): StmtResult {
    try {
      const prepared = this.#prepare(sql);
      const values = bindArguments(prepared.scanned.params, args, named_args);
      if (prepared.reader) return this.#read(prepared, values, want_rows);
      const { changes, lastInsertRowid } = prepared.statement.run(values);
      return {
        cols: [],
        rows: [],
        affected_row_count: changes,
        last_insert_rowid: this.#rowid(lastInsertRowid),
      };
    } catch (error) {
      throw statementError(error);
    }
  }

  /** Runs statements separated by semicolons; stops at the first that fails. */
  script(sql: string): void {
    this.#settingsChanged = true;
    try {
      this.#db.exec(sql);
    } catch (error) {
      throw statementError(error);
    }
  }

  describe(sql: string): DescribeResult {
    try {
      const { statement, scanned } = this.#prepare(sql);
      const is_explain = scanned.keyword === "EXPLAIN";
      return {
        params: Array.from(scanned.params, (name) => ({ name: name ?? null })),
        cols: statement.columns().map(({ name, type }) => ({ name, decltype: type })),
        is_explain,
        is_readonly: is_explain || this.#isReadonly(sql),
      };
    } catch (error) {
      throw statementError(error);
    }
  }

  /** What closing a stream does to its connection: nothing of one pipeline reaches the next. */
  reset(): void {
    if (this.inTransaction) this.#db.exec("ROLLBACK");
    if (this.#settingsChanged) this.#db.exec(SETTINGS);
    this.#settingsChanged = false;
  }

  close(): void {
    this.reset();
    // The driver closes the file only when the last statement is collected, so empty the log now.
    this.#prepared.clear();
    this.#db.pragma("wal_checkpoint(TRUNCATE)");
    this.#db.close();
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      const scanned = scanSql(sql);
      if (scanned.statements === 0) {
        throw new StatementError("SQL string does not contain any statement", "SQL_NO_STATEMENT");
      }
      if (scanned.statements > 1) {
        throw new StatementError(
          "SQL string contains more than one statement",
          "SQL_MANY_STATEMENTS",
        );
      }
      const statement = this.#db.prepare(sql);
      const reader = statement.reader;
      prepared = { statement: reader ? statement.raw() : statement, scanned, reader };
    }
    this.#keep(sql, prepared);
    if (prepared.scanned.keyword === "PRAGMA") this.#settingsChanged = true;
    return prepared;
  }

  /** A Map keeps the order of insertion, so its first key is the one not used for longest. */
  #keep(sql: string, prepared: Prepared): void {
    if (sql.length > PREPARED_CHARS_MAX) return;
    if (this.#prepared.delete(sql)) this.#preparedChars -= sql.length;
    this.#prepared.set(sql, prepared);
    this.#preparedChars += sql.length;
    for (const oldest of this.#prepared.keys()) {
      if (this.#preparedChars <= ALL_PREPARED_CHARS_MAX) return;
      this.#prepared.delete(oldest);
      this.#preparedChars -= oldest.length;
    }
  }

  #read({ statement, scanned }: Prepared, values: HranaValue[], want_rows: boolean): StmtResult {
    // SELECT changes no rows; of the others, which may (INSERT ... RETURNING, WITH), ask the connection.
    const before = scanned.keyword === "SELECT" ? null : this.#counters();
    const rows = statement.all(values) as HranaValue[][];
    // After all(), EXPLAIN alone still counts as running; get() resets it.
    if (scanned.keyword === "EXPLAIN") statement.get(values);
    const after = before === null ? null : this.#counters();
    const changed = before !== null && after !== null && before.total !== after.total;
    return {
      // After the rows: only then has SQLite prepared a statement again whose tables were altered.
      cols: statement.columns().map(({ name, type }) => ({ name, decltype: type })),
      rows: want_rows ? rows.map((row) => row.map(encodeValue)) : [],
      affected_row_count: changed ? Number(after.changes) : 0,
      last_insert_rowid: changed ? String(after.rowid) : null,
    };
  }

  #counters(): { total: bigint; changes: bigint; rowid: bigint } {
    const [total, changes, rowid] = this.#prepare(
      "SELECT total_changes(), changes(), last_insert_rowid()",
    ).statement.get([]) as bigint[];
    return { total, changes, rowid };
  }

  /** The driver gives row ids as floats: beyond 2^53 SQLite has to say it itself. */
  #rowid(approximate: number | bigint): string {
    if (Number.isSafeInteger(approximate)) return String(approximate);
    return String(this.#counters().rowid);
  }

  /** As sqlite3_stmt_readonly(): the program of a writing statement opens a write transaction. */
  #isReadonly(sql: string): boolean {
    const explain = this.#db.prepare(`EXPLAIN ${sql}`).raw();
    const program = explain.all([]) as HranaValue[][];
    explain.get([]);
    return !program.some(([, opcode, , p2]) =>
      (opcode === "Transaction" && p2 !== 0n) ||
      ["Vacuum", "JournalMode", "Checkpoint"].includes(String(opcode))
    );
  }
}
