/**
 * Names the driver's errors as a libSQL server does: by SQLite's primary code
 * (https://sqlite.org/rescode.html), so that code that reads `SQLITE_CONSTRAINT` works on both.
 * @module
 */

import { StatementError } from "./hrana.ts";

/** By primary code, from 1. */
const NAMES = (
  "ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL " +
  "CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB"
).split(" ");

/** The error of a statement, when the driver threw one of SQLite's; any other is a bug and thrown on. */
export function statementError(error: unknown): StatementError {
  if (error instanceof StatementError) return error;
  if (error instanceof Error && "rawCode" in error && typeof error.rawCode === "number") {
    const name = NAMES[(error.rawCode & 0xff) - 1] ?? "UNKNOWN";
    return new StatementError(`SQLite error: ${error.message}`, `SQLITE_${name}`);
  }
  throw error;
}
