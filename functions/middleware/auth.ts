/**
 * Who is calling. The tenant comes from the verified key and from nowhere else.
 * @module
 */
import { ADMIN_KEY_PREFIX, isMistyped } from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import type { Scope } from "../../ledger/schema/api-keys.ts";
import { withObject } from "../backends/with-object.ts";
import type { Middleware } from "../context.ts";
import type { Caller, Services } from "../services.ts";
import { sha256Hex } from "../sha256-hex.ts";

// A revoked key or a changed limit must take effect within 10 s everywhere, and an answer of a
// ledger cache may be up to 5 s old.
const KEPT_MS = 4_000;
// A flood of made-up keys must not fill the isolate's memory.
const KEPT_MAX = 10_000;

const kept = new Map<string, { caller: Caller | null; until: number }>();

/**
 * Makes the middleware that lets a request through if it shows a live key with a scope. It sets
 * `services.caller`. It throws ProblemError `unauthenticated` without a live key, `forbidden` for a
 * key without the scope or an admin's credential, and `ledger_unavailable` if no ledger cache can
 * tell.
 */
export function authenticate(scope: Scope): Middleware {
  return async (c, next) => {
    const { services } = c.var;
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
    await next();
  };
}

/**
 * Lets a request through if it shows a live key that may read, or an operator's credential, which
 * reads every tenant's things.
 * @returns nothing: the route's response is set by then
 * @throws ProblemError `forbidden` for a key without the scope, `unauthenticated` without any live
 * credential, `ledger_unavailable` if no ledger cache can tell
 */
export const authenticateReader: Middleware = async (c, next) => {
  const { services } = c.var;
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
  const { services } = c.var;
  if (await isAdmin(services)) return await next();
  if (await callerOf(services)) {
    throw new ProblemError("forbidden", "A tenant's key opens no admin route");
  }
  throw unauthenticated("The admin token or key is missing, unknown, expired or revoked");
};

/**
 * Whether the request shows an admin's credential. The token is a setting of the deployment, so it
 * opens even while the ledger's keys cannot be read.
 */
async function isAdmin(services: Services): Promise<boolean> {
  if (showsAdminToken(services)) return true;
  const shown = bearer(services);
  if (!shown?.startsWith(ADMIN_KEY_PREFIX) || isMistyped(shown)) return false;
  const hash = sha256Hex(shown);
  const cache = ledgerCacheObject(services.env, { region: services.region, key_hash: hash });
  return await withObject(services, "key", () => cache.adminKey(hash)) !== null;
}

function showsAdminToken(services: Services): boolean {
  const shown = bearer(services);
  const { admin_token } = settingsOf(services.env);
  if (!shown || !admin_token) return false;
  // Hashes are compared, not texts: how long that takes does not tell how much of the token is
  // right.
  return sha256Hex(shown) === sha256Hex(admin_token);
}

async function callerOf(services: Services): Promise<Caller | null> {
  const shown = bearer(services);
  if (!shown || isMistyped(shown)) return null;
  const hash = sha256Hex(shown);
  const now = Date.now();
  const known = kept.get(hash);
  if (known && known.until > now) return known.caller;
  const cache = ledgerCacheObject(services.env, { region: services.region, key_hash: hash });
  const key = await withObject(services, "key", () => cache.key(hash));
  const caller = key && {
    tenant_id: key.tenant_id,
    key_id: key.id,
    scopes: key.scopes,
    limits: {
      budgeted: key.budget_microcredits !== null,
      requests_per_minute: key.requests_per_minute,
    },
  };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(hash, { caller, until: Math.min(now + KEPT_MS, key?.expires_at_ms ?? Infinity) });
  return caller;
}

function bearer({ headers }: Services): string | null {
  const match = /^Bearer +([\x21-\x7e]{8,256})$/i.exec(headers.get("Authorization") ?? "");
  return match ? match[1] : null;
}

function unauthenticated(detail: string): ProblemError {
  return new ProblemError("unauthenticated", detail, {
    headers: { "WWW-Authenticate": 'Bearer realm="perigee"' },
  });
}
