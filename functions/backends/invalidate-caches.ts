/**
 * Tells the ledger caches of every region that the ledger has changed, before the change is answered:
 * while the ledger is away a cache serves what it has, which must not be older than the change.
 * @module
 */
import { allLedgerCaches, ledgerCacheObject, type Stub } from "../../durable-objects/names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { REGIONS } from "../../mesh/region.ts";
import type { Services } from "../services.ts";
import { unavailable } from "./unavailable.ts";

// A region that cannot be reached must not hold up an admin's answer for longer, in each of two
// rounds.
const ANSWER_MS_MAX = 3_000;

type Tell = (cache: Stub<"LEDGER_CACHES">) => PromiseLike<unknown>;

/**
 * Tells each cache, and once more those that did not answer.
 * @param tell the call that tells a cache of the change
 * @returns whether all have answered; a cache that has not asks the ledger within 5 s of being used
 */
export async function invalidateCaches(services: Services, tell: Tell): Promise<boolean> {
  const caches = allLedgerCaches(services.env).map(({ cache }) => cache);
  const deaf = await tellEach(services, caches, tell);
  return deaf.length === 0 || (await tellEach(services, deaf, tell)).length === 0;
}

/**
 * Tells each cache, and fails if any did not answer.
 * @param tell the call that tells a cache of the change
 * @throws ProblemError `gatekeeper_unavailable`: the change is in the ledger, and may be sent again
 */
export async function invalidateAllCaches(services: Services, tell: Tell): Promise<void> {
  if (!await invalidateCaches(services, tell)) throw unavailable("ledger_caches");
}

/**
 * Tells the caches which will be asked for it that a key was made. One that does not answer learns of
 * the key when it is shown, but may keep it out for seconds while it is flooded with made-up ones.
 * @param key_hash SHA-256 of the whole key, hexadecimal
 */
export async function announceKey(
  services: Services,
  kind: "key" | "admin" | "board",
  key_hash: string,
): Promise<void> {
  const { env } = services;
  const caches = REGIONS.map((region) => ledgerCacheObject(env, { region, key_hash }));
  await tellEach(services, caches, (cache) => cache.announce(kind, key_hash));
}

/**
 * Tells the caches which know a tenant's models that these have changed. One that does not answer asks
 * the ledger within 5 s of being used; only an outage that begins before that lets it hold on.
 * @param tenant_hash SHA-256 of the tenant's id, hexadecimal
 */
export async function renewModels(
  services: Services,
  { tenant_id, tenant_hash }: { tenant_id: string; tenant_hash: string },
): Promise<void> {
  const { env } = services;
  const caches = REGIONS.map((region) => ledgerCacheObject(env, { region, key_hash: tenant_hash }));
  const deaf = await tellEach(services, caches, (cache) => cache.renewModels(tenant_id));
  await tellEach(services, deaf, (cache) => cache.renewModels(tenant_id));
}

/**
 * Tells some caches at once.
 * @returns the caches that did not answer
 */
async function tellEach(
  { log }: Services,
  caches: Stub<"LEDGER_CACHES">[],
  tell: Tell,
): Promise<Stub<"LEDGER_CACHES">[]> {
  const deaf: Stub<"LEDGER_CACHES">[] = [];
  await Promise.all(caches.map(async (cache) => {
    try {
      await withDeadline(ANSWER_MS_MAX, tell(cache));
    } catch (error) {
      log.warn("A ledger cache was not told of a change", { error });
      deaf.push(cache);
    }
  }));
  return deaf;
}
