/**
 * A new key of either kind, and all of it that is stored.
 * @module
 */
import { type KeyPrefix, makeKey } from "../contract/api-key.ts";
import { sha256 } from "./auth.ts";

export async function newKey(prefix: KeyPrefix) {
  const key = makeKey((bytes) => crypto.getRandomValues(bytes), prefix);
  return { key, id: crypto.randomUUID(), hash: await sha256(key), prefix, last4: key.slice(-4) };
}
