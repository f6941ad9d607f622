/**
 * What tenants' keys and admin keys share: making them, what of them is stored, and what is shown.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { AdminKeyJson } from "../../contract/account.ts";
import { type KeyPrefix, makeKey } from "../../contract/api-key.ts";
import { problems } from "../../contract/responses.ts";
import type { LiveAdminKey as Row } from "../../ledger/admin-keys.ts";
import { timeOrNull } from "../params/instant.ts";
import { sha256Hex } from "../sha256-hex.ts";

/**
 * Makes a key, and all of it that is stored.
 * @returns `key` is the text to show once; the rest is the row, `hash` being SHA-256 of the key
 */
export function newKey(prefix: KeyPrefix) {
  const key = makeKey((bytes) => crypto.getRandomValues(bytes), prefix);
  return { key, id: crypto.randomUUID(), hash: sha256Hex(key), prefix, last4: key.slice(-4) };
}

/** What a list shows of a key: never its text or its hash. */
export function keyToWire({ id, name, prefix, last4, ...row }: Row): z.infer<typeof AdminKeyJson> {
  return {
    id,
    name,
    prefix,
    last4,
    created_at: new Date(row.created_at_ms).toISOString(),
    expires_at: timeOrNull(row.expires_at_ms),
    revoked_at: timeOrNull(row.revoked_at_ms),
  };
}

/** The responses of a route that revokes a key, for its description. */
export const revokedResponses = {
  204: { description: "It is revoked" },
  ...problems(
    "unauthenticated",
    "forbidden",
    "not_found",
    "ledger_unavailable",
    "gatekeeper_unavailable",
  ),
};
