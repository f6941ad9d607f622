/**
 * Puts the development key into the ledger, as any other key is: hashed. Earlier ones are revoked.
 * @module
 */
import type { Ledger } from "../ledger/client.ts";
import { insertKey, listKeys, revokeKey, writeScopes } from "../ledger/keys.ts";
import type { Scope } from "../ledger/schema/api-keys.ts";
import { insertTenant } from "../ledger/tenants.ts";

const TENANT = "dev";
const NAME = "development";
const SCOPES: Scope[] = ["infer", "read", "models"];

/**
 * Stores the development key as a key of tenant `dev`, and revokes those before it.
 * @param key the key itself
 * @param now_ms since 1970, real clock
 * @throws Error if the ledger does not take the key
 */
export async function seedDevKey(ledger: Ledger, key: string, now_ms: number): Promise<void> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hash = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
  const id = `dev-${hash.slice(0, 16)}`;
  await insertTenant(ledger, { id: TENANT, name: "Local development", created_at_ms: now_ms });
  const known = await listKeys(ledger, { tenant_id: TENANT, limit: 1_000 });
  for (const other of known.ok ? known.data : []) {
    if (other.name !== NAME || other.id === id || other.revoked_at_ms !== null) continue;
    await revokeKey(ledger, { tenant_id: TENANT, id: other.id, revoked_at_ms: now_ms });
  }
  const inserted = await insertKey(ledger, {
    id,
    tenant_id: TENANT,
    name: NAME,
    hash,
    prefix: key.slice(0, 4),
    last4: key.slice(-4),
    scopes: SCOPES,
    created_at_ms: now_ms,
    expires_at_ms: null,
  });
  if (!inserted.ok) throw new Error(`The ledger did not take the development key`);
  // A data folder of an older release has it with fewer.
  await writeScopes(ledger, { tenant_id: TENANT, id, scopes: SCOPES });
}
