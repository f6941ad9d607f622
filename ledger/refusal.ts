/**
 * Tells a ledger that refuses what it is given from one that is away.
 * @module
 */

import { LibsqlError } from "@libsql/client/web";

/** SQLite's word for a value that no repetition makes right. */
const OF_CONTENT = /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)(?:_|$)/;
/** A server's word (HTTP 413) for a batch that is over its limit: of fewer rows it may not be. */
export const BODY_TOO_LARGE = "BODY_TOO_LARGE";
/** The client's, before it has sent anything. */
const UNSENT = /^Unsupported type of value/;

/**
 * Why the ledger will never take this; null if it may yet, as after an outage. What is not known for a
 * refusal counts as an outage: asking once more does no harm.
 */
export function refusalOf(error: unknown): string | null {
  if (error instanceof LibsqlError && isOfContent(error.code)) return error.message;
  if (error instanceof TypeError && UNSENT.test(error.message)) return error.message;
  return null;
}

const isOfContent = (code: string): boolean => code === BODY_TOO_LARGE || OF_CONTENT.test(code);
