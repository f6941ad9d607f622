/**
 * Tells a ledger that refuses what it is given from one that is away.
 * @module
 */

import { LibsqlError } from "@libsql/client/web";

/** SQLite's codes for a value that no repetition makes right. */
const OF_CONTENT = /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)(?:_|$)/;
/**
 * The code for a batch over the server's limit (HTTP 413): a batch of fewer rows may be below it.
 */
export const BODY_TOO_LARGE = "BODY_TOO_LARGE";
/** The message of the client's error before it has sent anything. */
const UNSENT = /^Unsupported type of value/;

/**
 * Why the ledger will never take a batch. An error that is not known as a refusal counts as an
 * outage: sending the batch once more does no harm.
 * @returns the error's message; null if the ledger may take the same batch later
 */
export function refusalOf(error: unknown): string | null {
  if (error instanceof LibsqlError && isOfContent(error.code)) return error.message;
  if (error instanceof TypeError && UNSENT.test(error.message)) return error.message;
  return null;
}

const isOfContent = (code: string): boolean => code === BODY_TOO_LARGE || OF_CONTENT.test(code);
