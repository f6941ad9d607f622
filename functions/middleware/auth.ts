/**
 * Who is calling. The tenant comes from the verified key and from nowhere else.
 * @module
 */
import {
  ADMIN_KEY_PREFIX,
  BOARD_KEY_PREFIX,
  isKey,
  KEY_PREFIX,
  type KeyPrefix,
} from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import type { LiveCredential } from "../../durable-objects/live/live-request.ts";
import { ledgerCacheObject, type Stub } from "../../durable-objects/names.ts";
import type { BoardKey } from "../../ledger/board-keys.ts";
import type { Scope } from "../../ledger/schema/api-keys.ts";
import { withObject } from "../backends/with-object.ts";
import { weightOf } from "../billing/request-weights.ts";
import { countRequest } from "../billing/wallets.ts";
import { cacheLookups, watchCache } from "../../telemetry/cache-metrics.ts";
import type { Middleware } from "../context.ts";
import type { Caller, Services } from "../services.ts";
import { sha256Hex } from "../sha256-hex.ts";

// A revoked key or a changed limit must take effect within 10 s everywhere, and an answer of a
// ledger cache may be up to 5 s old.
const KEPT_MS = 4_000;
// The isolate does not ask again for this long about a key that a ledger cache did not know, and a
// ledger cache does not ask the ledger again for as long: a key that was made meanwhile opens after
// both.
const UNKNOWN_MS = 2_000;
// A flood of made-up keys must not fill the isolate's memory.
const KEPT_MAX = 10_000;

const kept = new Map<string, { caller: Caller; until: number }>();
// A map of their own, so that a flood of unknown keys does not make the isolate forget live ones.
const unknown = new Map<string, number>();
watchCache("keys", () => kept.size);
const lookups = cacheLookups("keys");
watchCache("unknown_keys", () => unknown.size);

/**
 * Makes the middleware that lets a request through if it shows a live key with a scope. It sets
 * `services.caller`, and counts the request against the tenant's rate before the body is read, so that
 * a request with a wrong body counts too.
 *
 * The middleware throws ProblemError `unauthenticated` without a live key, `forbidden` for a key
 * without the scope or an admin's credential, and `ledger_unavailable` if no ledger cache can tell.
 */
export function authenticate(scope: Scope): Middleware {
  return async (c, next) => {
    const services = c.get("services");
    const caller = await services.timing.measure("auth", () => callerOf(services));
    if (!caller) {
      if (await isAdmin(services)) {
        throw new ProblemError("forbidden", "An admin's credential is no tenant's: show a key");
      }
      throw unauthenticated("The API key is missing, unknown, expired or revoked");
    }
    if (!caller.scopes.includes(scope)) {
      throw new ProblemError("forbidden", `The key has no scope "${scope}"`);
    }
    services.caller = caller;
    if (caller.limits.requests_per_minute !== null) {
      const { searchParams: query } = new URL(c.req.url);
      const content_length = services.headers.get("Content-Length");
      await countRequest(services, weightOf({ path: c.req.path, query, content_length }));
    }
    services.room.weigh = (requests) => countRequest(services, requests);
    await next();
  };
}

/**
 * Tells on a public route whose live key is shown, whatever its scopes. The request counts for one
 * against the rate of its tenant then.
 * @returns null without a live key of a tenant
 * @throws ProblemError `rate_limited`, `budget_unavailable`, and `ledger_unavailable` if no ledger cache
 *   can tell
 */
export async function identifyCaller(services: Services): Promise<Caller | null> {
  const caller = await services.timing.measure("auth", () => callerOf(services));
  if (!caller) return null;
  services.caller = caller;
  await countRequest(services, 1);
  return caller;
}

/**
 * Lets a request through if it shows a live key that may read, or an operator's credential, which
 * reads every tenant's things.
 * @returns nothing: the route's response is set by then
 * @throws ProblemError `forbidden` for a key without the scope, `unauthenticated` without any live
 * credential, `ledger_unavailable` if no ledger cache can tell
 */
export const authenticateReader: Middleware = async (c, next) => {
  const services = c.get("services");
  services.operator = await isAdmin(services);
  return services.operator ? await next() : await authenticate("read")(c, next);
};

/**
 * Lets a request through if it shows the admin token or a live admin key. A tenant's key is
 * neither, whatever its scopes.
 * @returns nothing: the route's response is set by then
 * @throws ProblemError `forbidden` for a tenant's key, `unauthenticated` without any live
 * credential, `ledger_unavailable` if no ledger cache can tell
 */
export const authenticateAdmin: Middleware = async (c, next) => {
  const services = c.get("services");
  if (await isAdmin(services)) return await next();
  if (await callerOf(services)) {
    throw new ProblemError("forbidden", "A tenant's key opens no admin route");
  }
  throw unauthenticated("The admin token or key is missing, unknown, expired or revoked");
};

/**
 * What the request has shown, for whoever asks later whether it is still good.
 * @returns the kind of the credential, and what a ledger cache knows it by
 * @throws Error before authenticateReader has let the request through: a bug
 */
export function credentialOf(services: Services): LiveCredential {
  if (services.operator && showsAdminToken(services)) return { kind: "token" };
  const shown = bearer(services);
  if (!shown) throw new Error("The route asks for its credential without authenticating it");
  return { kind: services.operator ? "admin" : "key", hash: hashOf(shown) };
}

/**
 * The board's key that a request shows. No other kind of key attaches a board, and this kind opens
 * nothing else.
 * @param node whose board it must be of: an id
 * @throws ProblemError `unauthenticated` without a live key of a board, `forbidden` for one of another
 * node, `ledger_unavailable` if no ledger cache can tell
 */
export async function boardKeyOf(services: Services, node: string): Promise<BoardKey> {
  const key = await liveKey(
    services,
    BOARD_KEY_PREFIX,
    (cache, hash) => cache.boardKey(hash) as PromiseLike<BoardKey | null>,
  );
  if (!key) throw unauthenticated("The board's key is missing, unknown, expired or revoked");
  if (key.node !== node) throw new ProblemError("forbidden", "The key is of another node's board");
  return key;
}

/**
 * Whether the request shows an admin's credential. The token is a setting of the deployment, so it
 * opens even while the ledger's keys cannot be read.
 */
async function isAdmin(services: Services): Promise<boolean> {
  if (showsAdminToken(services)) return true;
  const key = await liveKey(services, ADMIN_KEY_PREFIX, (cache, hash) => cache.adminKey(hash));
  return key !== null;
}

/** The live key of a kind that the request shows, as a ledger cache knows it. */
async function liveKey<K>(
  services: Services,
  prefix: KeyPrefix,
  ask: (cache: Stub<"LEDGER_CACHES">, hash: string) => PromiseLike<K | null>,
): Promise<K | null> {
  const shown = bearer(services);
  if (!shown?.startsWith(prefix) || !isKey(shown)) return null;
  const hash = sha256Hex(shown);
  if (isUnknown(hash)) return null;
  const cache = ledgerCacheObject(services.env, { region: services.region, key_hash: hash });
  const key = await withObject(services, "key", () => ask(cache, hash));
  if (!key) noteUnknown(hash);
  return key;
}

function showsAdminToken(services: Services): boolean {
  const shown = bearer(services);
  const { admin_token } = settingsOf(services.env);
  if (!shown || !admin_token) return false;
  return isSame(shown, admin_token);
}

/**
 * Compares two texts by their hashes: how long that takes does not tell a caller how much of the
 * secret it has guessed.
 */
const isSame = (shown: string, secret: string): boolean => hashOf(shown) === hashOf(secret);

// The texts that were hashed last: to hash a key takes as long as to place an ask. They are found by V8's own
// hash of the whole text, so that finding one tells no more of it than comparing hashes does.
const hashed = new Map<string, string>();
const HASHED_MAX = 256;
// No credential of the mesh is longer: a longer text is made up, and is not kept.
const HASHED_CHARS_MAX = 256;

function hashOf(text: string): string {
  if (text.length > HASHED_CHARS_MAX) return sha256Hex(text);
  const known = hashed.get(text);
  if (known !== undefined) return known;
  const hash = sha256Hex(text);
  if (hashed.size >= HASHED_MAX) hashed.clear();
  hashed.set(text, hash);
  return hash;
}

/**
 * Whether a text can be a tenant's key at all: it has the form of one, or is the key of a local mesh.
 * For any other text no ledger cache is asked.
 * @param hash of the text
 */
function hasKeyForm(shown: string, hash: string, { env }: Services): boolean {
  if (shown.startsWith(KEY_PREFIX) && isKey(shown)) return true;
  const { dev_key } = settingsOf(env);
  return dev_key !== "" && hash === hashOf(dev_key);
}

async function callerOf(services: Services): Promise<Caller | null> {
  const shown = bearer(services);
  if (!shown) return null;
  const hash = hashOf(shown);
  const now = Date.now();
  const known = kept.get(hash);
  if (known && known.until > now) {
    lookups.hits.value++;
    return known.caller;
  }
  if (!hasKeyForm(shown, hash, services)) return null;
  lookups.misses.value++;
  if (isUnknown(hash)) return null;
  const cache = ledgerCacheObject(services.env, { region: services.region, key_hash: hash });
  const key = await withObject(services, "key", () => cache.key(hash));
  if (!key) {
    kept.delete(hash);
    noteUnknown(hash);
    return null;
  }
  const caller = {
    tenant_id: key.tenant_id,
    key_id: key.id,
    scopes: key.scopes,
    limits: {
      budgeted: key.budget_microcredits !== null,
      requests_per_minute: key.requests_per_minute,
    },
  };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(hash, { caller, until: Math.min(now + KEPT_MS, key.expires_at_ms ?? Infinity) });
  return caller;
}

function isUnknown(hash: string): boolean {
  const left = (unknown.get(hash) ?? -Infinity) - Date.now();
  // If more than UNKNOWN_MS is left, the clock has jumped back: that must not keep a key out.
  return left > 0 && left <= UNKNOWN_MS;
}

function noteUnknown(hash: string): void {
  if (unknown.size >= KEPT_MAX) unknown.clear();
  unknown.set(hash, Date.now() + UNKNOWN_MS);
}

function bearer({ headers, bearer }: Services): string | null {
  const shown = bearer === undefined ? headers.get("Authorization") ?? "" : `Bearer ${bearer}`;
  const match = /^Bearer +([\x21-\x7e]{8,256})$/i.exec(shown);
  return match ? match[1] : null;
}

function unauthenticated(detail: string): ProblemError {
  return new ProblemError("unauthenticated", detail, {
    headers: { "WWW-Authenticate": 'Bearer realm="perigee"' },
  });
}
