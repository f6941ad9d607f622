/**
 * Pages through a list, newest first, by keyset: a page starts after the last row of the page
 * before. So a row that is there when the first page is read is seen once, whatever is written
 * meanwhile.
 * @module
 */

import { and, asc, desc, eq, gt, lt, lte, or, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** A page must fit into a Worker's memory many times over: 1,000 placements are 0.7 MB. */
export const PAGE_ROWS_MAX = 1_000;

/** Which page of a list. */
export interface PageRequest {
  /** How many rows, 1 to PAGE_ROWS_MAX. */
  limit: number;
  /** `next` of the page before; missing: the first page. */
  cursor?: string;
}

/**
 * A page; `next` is null on the last one. A cursor that no page gave is the caller's mistake: a
 * refusal.
 */
export type Page<Row> =
  | { ok: true; data: Row[]; next: string | null }
  | { ok: false; refusal: "bad_cursor" };

/** Where a row stands in the list. */
interface Position {
  at_ms: number;
  id: string;
}

/**
 * What readPage() needs of a table: the columns that order it, a row's place, and the query itself.
 */
interface Listing<Row> {
  at: SQLiteColumn;
  id: SQLiteColumn;
  position: (row: Row) => Position;
  read: (part: { after: SQL | undefined; order: SQL[]; limit: number }) => PromiseLike<Row[]>;
}

/**
 * Reads a page, ordered by `at` descending, then by `id`.
 * @throws RangeError for a limit outside 1 to PAGE_ROWS_MAX
 */
export async function readPage<Row>(
  { limit, cursor }: PageRequest,
  { at, id, position, read }: Listing<Row>,
): Promise<Page<Row>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ROWS_MAX) {
    throw new RangeError(`Cannot read ${limit} rows: must be 1 to ${PAGE_ROWS_MAX}`);
  }
  const last = cursor === undefined ? undefined : decodeCursor(cursor);
  if (last === null) return { ok: false, refusal: "bad_cursor" };
  // `at <=` adds nothing to the meaning, but SQLite can seek by it, as it cannot by an OR.
  const after = last &&
    and(lte(at, last.at_ms), or(lt(at, last.at_ms), and(eq(at, last.at_ms), gt(id, last.id))));
  // One row more than asked for tells whether there is a next page.
  const rows = await read({ after, order: [desc(at), asc(id)], limit: limit + 1 });
  const data = rows.slice(0, limit);
  const next = rows.length > limit ? encodeCursor(position(data[limit - 1])) : null;
  return { ok: true, data, next };
}

function encodeCursor({ at_ms, id }: Position): string {
  const bytes = new TextEncoder().encode(JSON.stringify([at_ms, id]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeCursor(cursor: string): Position | null {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const [at_ms, id] = JSON.parse(new TextDecoder().decode(bytes));
    return Number.isSafeInteger(at_ms) && typeof id === "string" ? { at_ms, id } : null;
  } catch {
    return null;
  }
}
