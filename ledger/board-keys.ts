/**
 * Adds, finds, lists and revokes the keys of boards. A hash comes in and never goes out.
 * @module
 */

import { and, eq, getTableColumns, gt, isNull, or, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { board_keys } from "./schema/board-keys.ts";

/** A board's key as the ledger shows it: all but its hash. */
export type BoardKey = Omit<typeof board_keys.$inferSelect, "hash">;

const { hash: _, ...shown } = getTableColumns(board_keys);

/**
 * Finds the board's key of a hash.
 * @param hash SHA-256 of the whole key, hexadecimal
 * @param now_ms real clock, ms since 1970
 * @returns null if the key is unknown, revoked or, at `now_ms`, expired
 */
export async function findLiveBoardKey(
  ledger: Ledger,
  hash: string,
  now_ms: number,
): Promise<BoardKey | null> {
  const [key] = await ledger.select(shown).from(board_keys).where(and(
    eq(board_keys.hash, hash),
    isNull(board_keys.revoked_at_ms),
    or(isNull(board_keys.expires_at_ms), gt(board_keys.expires_at_ms, now_ms)),
  ));
  return key ?? null;
}

/** Adds a board's key. Rejects if its id or its hash is there already. */
export async function insertBoardKey(
  ledger: Ledger,
  key: Omit<typeof board_keys.$inferSelect, "revoked_at_ms">,
): Promise<void> {
  await ledger.insert(board_keys).values(key);
}

/** The keys of one node's boards, newest first, revoked ones too. */
export function listBoardKeys(
  ledger: Ledger,
  { node, ...page }: PageRequest & { node: string },
): Promise<Page<BoardKey>> {
  return readPage(page, {
    at: board_keys.created_at_ms,
    id: board_keys.id,
    position: ({ created_at_ms, id }) => ({ at_ms: created_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select(shown).from(board_keys)
        .where(and(eq(board_keys.node, node), after)).orderBy(...order).limit(limit),
  });
}

/**
 * Revokes a board's key for good. Of several revocations the first one's instant stays.
 * @returns false if the node has no such key
 */
export async function revokeBoardKey(
  ledger: Ledger,
  { node, id, revoked_at_ms }: { node: string; id: string; revoked_at_ms: number },
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(board_keys)
    .set({ revoked_at_ms: sql`coalesce(${board_keys.revoked_at_ms}, ${revoked_at_ms})` })
    .where(and(eq(board_keys.id, id), eq(board_keys.node, node)));
  return rowsAffected === 1;
}
