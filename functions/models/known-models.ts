/**
 * Which models a tenant has, as the isolate knows it: the region's ledger cache says so, which holds on
 * while the ledger is away. A change is known at once where it is made, elsewhere within 10 s.
 * @module
 */
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import type { LiveModel } from "../../ledger/models.ts";
import { cacheLookups, watchCache } from "../../telemetry/cache-metrics.ts";
import { renewModels } from "../backends/invalidate-caches.ts";
import { withObject } from "../backends/with-object.ts";
import type { Services } from "../services.ts";
import { sha256Hex } from "../sha256-hex.ts";

// As for keys (middleware/auth.ts): an answer of a ledger cache may be up to 5 s old.
const KEPT_MS = 4_000;
// Lists of tenants must not fill the isolate's memory: one version takes some 500 bytes.
const VERSIONS_MAX = 10_000;

const kept = new Map<string, { models: readonly LiveModel[]; asked_ms: number }>();
let versions = 0;
watchCache("tenants_models", () => kept.size);
const lookups = cacheLookups("tenants_models");
/** Counts the changes: an answer to a question from before a change is not kept. */
let changes = 0;

/**
 * A tenant's live versions, by name and number.
 * @param tenant_id of a verified key
 * @throws ProblemError `ledger_unavailable` if no ledger cache can tell
 */
export async function knownModels(
  services: Services,
  tenant_id: string,
): Promise<readonly LiveModel[]> {
  const asked_ms = Date.now();
  const known = kept.get(tenant_id);
  if (known && Math.abs(asked_ms - known.asked_ms) < KEPT_MS) {
    lookups.hits.value++;
    return known.models;
  }
  lookups.misses.value++;
  const { env, region } = services;
  const cache = ledgerCacheObject(env, { region, key_hash: sha256Hex(tenant_id) });
  const before = changes;
  // The type of an RPC's result has disposers in it; this one holds nothing but data.
  const models = await withObject(
    services,
    "tenant_models",
    () => cache.models(tenant_id) as PromiseLike<LiveModel[]>,
  );
  if (before === changes) keep(tenant_id, { models, asked_ms });
  return models;
}

/** Says that a tenant's models have changed in the ledger, here and to the ledger caches. */
export async function modelsChanged(services: Services, tenant_id: string): Promise<void> {
  forget(tenant_id);
  await renewModels(services, { tenant_id, tenant_hash: sha256Hex(tenant_id) });
  // A question from before the caches knew may have been answered meanwhile.
  forget(tenant_id);
}

function keep(tenant_id: string, list: { models: readonly LiveModel[]; asked_ms: number }): void {
  drop(tenant_id);
  if (versions + list.models.length > VERSIONS_MAX || kept.size >= VERSIONS_MAX) {
    kept.clear();
    versions = 0;
  }
  kept.set(tenant_id, list);
  versions += list.models.length;
}

function forget(tenant_id: string): void {
  changes++;
  drop(tenant_id);
}

function drop(tenant_id: string): void {
  versions -= kept.get(tenant_id)?.models.length ?? 0;
  kept.delete(tenant_id);
}
