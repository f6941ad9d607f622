/**
 * Who is calling. The tenant comes from the verified key and from nowhere else.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { ADMIN_KEY_PREFIX, isMistyped } from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import type { AppEnv, Ctx } from "../context.ts";
import { callersRegion } from "../params/origin.ts";
import { withObject } from "../backends/with-object.ts";

export type Scope = "infer" | "read" | "admin";

export interface Caller {
  tenant_id: string;
  key_id: string;
  scopes: readonly string[];
  /** What the tenant is held to; how much of it is left its own object knows. */
  limits: { budgeted: boolean; requests_per_minute: number | null };
}

// A revoked key must stop within 10 s everywhere, and a limit must hold: a ledger cache's word is up to
// 5 s old.
const KEPT_MS = 4_000;
// A flood of made-up keys must not fill the isolate's memory.
const KEPT_MAX = 10_000;

const AWAY = {
  code: "ledger_unavailable",
  detail: "Whose key this is is not known just now",
} as const;

const kept = new Map<string, { caller: Caller | null; until: number }>();

/** Lets through who shows a live key with this scope. */
export function authenticate(scope: Scope): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const caller = await c.get("timing").measure("auth", () => callerOf(c));
    if (!caller) {
      if (await isAdmin(c)) {
        throw new ProblemError("forbidden", "An admin's credential is no tenant's: show a key");
      }
      throw unauthenticated("The API key is missing, unknown, expired or revoked");
    }
    if (!caller.scopes.includes(scope)) {
      throw new ProblemError("forbidden", `The key has no scope "${scope}"`);
    }
    c.set("caller", caller);
    await next();
  };
}

/** Lets through who shows the admin token or a live admin key: different kinds from a tenant's key. */
export const authenticateAdmin: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (await isAdmin(c)) return await next();
  if (await callerOf(c)) throw new ProblemError("forbidden", "A tenant's key opens no admin route");
  throw unauthenticated("The admin token or key is missing, unknown, expired or revoked");
};

/** The token is the deployment's own, so that it opens even when no key is known. */
async function isAdmin(c: Ctx): Promise<boolean> {
  if (await showsAdminToken(c)) return true;
  const shown = bearer(c);
  if (!shown?.startsWith(ADMIN_KEY_PREFIX) || isMistyped(shown)) return false;
  const hash = await sha256(shown);
  const cache = ledgerCacheObject(c.env, { region: callersRegion(c), key_hash: hash });
  return await withObject(c, AWAY, () => cache.adminKey(hash)) !== null;
}

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

async function showsAdminToken(c: Ctx): Promise<boolean> {
  const shown = bearer(c);
  const { admin_token } = settingsOf(c.env);
  if (!shown || !admin_token) return false;
  // Compared by hash: equal length and no early exit, whatever was shown.
  return await sha256(shown) === await sha256(admin_token);
}

async function callerOf(c: Ctx): Promise<Caller | null> {
  const shown = bearer(c);
  if (!shown || isMistyped(shown)) return null;
  const hash = await sha256(shown);
  const now = Date.now();
  const known = kept.get(hash);
  if (known && known.until > now) return known.caller;
  const cache = ledgerCacheObject(c.env, { region: callersRegion(c), key_hash: hash });
  const key = await withObject(c, AWAY, () => cache.key(hash));
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

function bearer(c: Ctx): string | null {
  const match = /^Bearer +([\x21-\x7e]{8,256})$/i.exec(c.req.header("Authorization") ?? "");
  return match ? match[1] : null;
}

function unauthenticated(detail: string): ProblemError {
  return new ProblemError("unauthenticated", detail, {
    headers: { "WWW-Authenticate": 'Bearer realm="perigee"' },
  });
}
