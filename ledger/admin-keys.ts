/**
 * Adds, finds, lists and revokes admin keys. A hash comes in and never goes out.
 * @module
 */

import { and, eq, getTableColumns, gt, isNull, or, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { admin_keys } from "./schema/admin-keys.ts";

/** An admin key as the ledger shows it: all but its hash. */
export type LiveAdminKey = Omit<typeof admin_keys.$inferSelect, "hash">;

const { hash: _, ...shown } = getTableColumns(admin_keys);

/**
 * Finds the admin key of a hash.
 * @param hash SHA-256 of the whole key, hexadecimal
 * @param nowMs real clock, ms since 1970
 * @returns null if the key is unknown, revoked or, at `nowMs`, expired
 */
export async function findLiveAdminKey(
  ledger: Ledger,
  hash: string,
  nowMs: number,
): Promise<LiveAdminKey | null> {
  const [key] = await ledger.select(shown).from(admin_keys).where(and(
    eq(admin_keys.hash, hash),
    isNull(admin_keys.revoked_at_ms),
    or(isNull(admin_keys.expires_at_ms), gt(admin_keys.expires_at_ms, nowMs)),
  ));
  return key ?? null;
}

/** Adds an admin key. Rejects if its id or its hash is there already. */
export async function insertAdminKey(
  ledger: Ledger,
  key: Omit<typeof admin_keys.$inferSelect, "revoked_at_ms">,
): Promise<void> {
  await ledger.insert(admin_keys).values(key);
}

/** All admin keys, newest first, revoked ones too. */
export function listAdminKeys(ledger: Ledger, page: PageRequest): Promise<Page<LiveAdminKey>> {
  return readPage(page, {
    at: admin_keys.created_at_ms,
    id: admin_keys.id,
    position: ({ created_at_ms, id }) => ({ at_ms: created_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select(shown).from(admin_keys).where(after).orderBy(...order).limit(limit),
  });
}

/**
 * Revokes a key for good. Of several revocations the first one's instant stays.
 * @returns false if there is no such key
 */
export async function revokeAdminKey(
  ledger: Ledger,
  { id, revoked_at_ms }: { id: string; revoked_at_ms: number },
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(admin_keys)
    .set({ revoked_at_ms: sql`coalesce(${admin_keys.revoked_at_ms}, ${revoked_at_ms})` })
    .where(eq(admin_keys.id, id));
  return rowsAffected === 1;
}
