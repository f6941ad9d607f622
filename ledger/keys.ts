/**
 * Adds, finds, lists and revokes API keys. A hash comes in and never goes out.
 * @module
 */

import { and, eq, getTableColumns, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { Limits } from "../mesh/billing/lease.ts";
import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { api_keys } from "./schema/api-keys.ts";
import { tenants } from "./schema/tenants.ts";

/** An API key as the ledger shows it: without its hash, and which key took its place. */
export type ApiKey = Omit<typeof api_keys.$inferSelect, "hash" | "successor_id">;
/** An API key as it is added. */
export type NewApiKey = Omit<typeof api_keys.$inferSelect, "revoked_at_ms" | "successor_id">;
/** An API key that is neither revoked nor expired, with its tenant's name and limits. */
export type LiveKey = ApiKey & { tenant_name: string } & Limits;

const { hash: _hash, successor_id: _successor, ...shown } = getTableColumns(api_keys);

/**
 * Finds the API key of a hash.
 * @param hash SHA-256 of the whole key, hexadecimal
 * @param nowMs real clock, ms since 1970
 * @returns null if the key is unknown, revoked or, at `nowMs`, expired
 */
export async function findLiveKey(
  ledger: Ledger,
  hash: string,
  nowMs: number,
): Promise<LiveKey | null> {
  const { name: tenant_name, budget_microcredits, requests_per_minute } = tenants;
  const [key] = await ledger
    .select({ ...shown, tenant_name, budget_microcredits, requests_per_minute }).from(api_keys)
    .innerJoin(tenants, eq(tenants.id, api_keys.tenant_id))
    .where(and(eq(api_keys.hash, hash), isLive(nowMs)));
  return key ?? null;
}

const isLive = (now_ms: number) =>
  and(
    isNull(api_keys.revoked_at_ms),
    or(isNull(api_keys.expires_at_ms), gt(api_keys.expires_at_ms, now_ms)),
  );

/** Whether a key was added; `taken`: another key has its id or its hash. */
export type InsertedKey = { ok: true } | { ok: false; refusal: "unknown_tenant" | "taken" };

/** Adds a key. Adding the same key again is fine: an answer that was lost may have committed it. */
export async function insertKey(ledger: Ledger, key: NewApiKey): Promise<InsertedKey> {
  // The tenant is looked up here, since a server may be set not to enforce foreign keys. Tenants
  // are never deleted, so the answer stays true.
  const [tenant] = await ledger.select({ id: tenants.id }).from(tenants)
    .where(eq(tenants.id, key.tenant_id));
  if (tenant === undefined) return { ok: false, refusal: "unknown_tenant" };
  const [, [same]] = await ledger.batch([
    ledger.insert(api_keys).values(key).onConflictDoNothing(),
    ledger.select({ id: api_keys.id }).from(api_keys)
      .where(and(eq(api_keys.id, key.id), eq(api_keys.hash, key.hash))),
  ]);
  return same === undefined ? { ok: false, refusal: "taken" } : { ok: true };
}

/**
 * The successor, or why there is none: the old key is `unknown`, has `ended` before the
 * rotation, or was `rotated` before.
 */
export type RotatedKey =
  | { ok: true; key: ApiKey }
  | { ok: false; refusal: "unknown" | "ended" }
  | { ok: false; refusal: "rotated"; successor_id: string };

/**
 * Adds a key in the place of another, with its name and scopes; the old one ends at `until_ms`, or
 * earlier if it had an earlier end. One transaction: a key that is revoked before it gets no
 * successor, and of many that ask at once one makes the successor and sets the end, for good.
 * @param now_ms real clock, ms since 1970
 * @param until_ms real clock, ms since 1970
 */
export async function rotateKey(
  ledger: Ledger,
  { tenant_id, id, now_ms, until_ms, made }: {
    tenant_id: string;
    id: string;
    now_ms: number;
    until_ms: number;
    made: Pick<NewApiKey, "id" | "hash" | "prefix" | "last4">;
  },
): Promise<RotatedKey> {
  const old = and(eq(api_keys.id, id), eq(api_keys.tenant_id, tenant_id));
  const { successor_id } = api_keys;
  const [, , found] = await ledger.batch([
    ledger.update(api_keys).set({ expires_at_ms: earlier(until_ms), successor_id: made.id })
      .where(and(old, isLive(now_ms), isNull(successor_id))),
    // Nothing if the update found nothing. A row that is there is this one: a lost answer committed.
    ledger.insert(api_keys).select(
      ledger.select(successorOf({ made, now_ms })).from(api_keys)
        .where(and(old, eq(successor_id, made.id))),
    ).onConflictDoNothing(),
    ledger.select({ ...shown, successor_id }).from(api_keys)
      .where(and(eq(api_keys.tenant_id, tenant_id), inArray(api_keys.id, [id, made.id]))),
  ]);
  const made_row = found.find((row) => row.id === made.id);
  if (made_row !== undefined) {
    const { successor_id: _, ...key } = made_row;
    return { ok: true, key };
  }
  const [before] = found;
  if (before === undefined) return { ok: false, refusal: "unknown" };
  const ended = before.revoked_at_ms !== null ||
    (before.expires_at_ms !== null && before.expires_at_ms <= now_ms);
  return ended || before.successor_id === null
    ? { ok: false, refusal: "ended" }
    : { ok: false, refusal: "rotated", successor_id: before.successor_id };
}

/** The successor's row, made from the old key's, in the order of the table's columns. */
function successorOf(
  { made, now_ms }: { made: Pick<NewApiKey, "id" | "hash" | "prefix" | "last4">; now_ms: number },
) {
  const { tenant_id, name, scopes } = api_keys;
  return {
    id: sql<string>`${made.id}`.as("made_id"),
    tenant_id,
    name,
    hash: sql<string>`${made.hash}`.as("made_hash"),
    prefix: sql<string>`${made.prefix}`.as("made_prefix"),
    last4: sql<string>`${made.last4}`.as("made_last4"),
    scopes,
    created_at_ms: sql<number>`${now_ms}`.as("made_at_ms"),
    // The successor has no end: an admin who rotates a key wants it to live on.
    expires_at_ms: sql<null>`NULL`.as("no_end"),
    revoked_at_ms: sql<null>`NULL`.as("not_revoked"),
    successor_id: sql<null>`NULL`.as("not_rotated"),
  };
}

const earlier = (until_ms: number) =>
  sql`min(coalesce(${api_keys.expires_at_ms}, ${until_ms}), ${until_ms})`;

/** A tenant's keys, newest first, revoked ones too. */
export function listKeys(
  ledger: Ledger,
  { tenant_id, ...page }: PageRequest & { tenant_id: string },
): Promise<Page<ApiKey>> {
  return readPage(page, {
    at: api_keys.created_at_ms,
    id: api_keys.id,
    position: ({ created_at_ms, id }) => ({ at_ms: created_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select(shown).from(api_keys)
        .where(and(eq(api_keys.tenant_id, tenant_id), after)).orderBy(...order).limit(limit),
  });
}

/**
 * Revokes a key for good. Of several revocations the first one's instant stays.
 * @returns false if the tenant has no such key
 */
export async function revokeKey(
  ledger: Ledger,
  { tenant_id, id, revoked_at_ms }: { tenant_id: string; id: string; revoked_at_ms: number },
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(api_keys)
    .set({ revoked_at_ms: sql`coalesce(${api_keys.revoked_at_ms}, ${revoked_at_ms})` })
    .where(and(eq(api_keys.id, id), eq(api_keys.tenant_id, tenant_id)));
  return rowsAffected === 1;
}

/**
 * Sets what a key may do.
 * @returns false if the tenant has no such key
 */
export async function writeScopes(
  ledger: Ledger,
  { tenant_id, id, scopes }: Pick<ApiKey, "tenant_id" | "id" | "scopes">,
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(api_keys).set({ scopes })
    .where(and(eq(api_keys.id, id), eq(api_keys.tenant_id, tenant_id)));
  return rowsAffected === 1;
}
