/**
 * Names every object of the mesh and finds it, near the region it serves. Nothing else does.
 * @module
 */
import { type Region, REGIONS } from "../mesh/region.ts";

/** A handle on an object of a binding; its class comes from the generated `Env`, so that no class is imported. */
export type Stub<
  Binding extends
    | "ALMANACS"
    | "COLLECTORS"
    | "IDEMPOTENCY"
    | "LEDGER_CACHES"
    | "NODES"
    | "REGISTRARS"
    | "TENANTS",
> = ReturnType<Env[Binding]["getByName"]>;

// One collector drains thousands of receipts a second; four keep a region's nodes from queueing.
const SHARDS = 4;

// Asked at a node's first touch in each tenure, from wherever it flies: near the middle of the land,
// and in more than one place, so that no single outage stops every node. Never reorder or resize:
// a node whose register moves has lost it.
const REGISTRARS: readonly Region[] = [
  "enam",
  "weur",
  "apac",
  "enam",
  "weur",
  "apac",
  "wnam",
  "eeur",
];

/** @param node an id that the catalogue holds: anything else would create an object at a caller's will */
export function nodeObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): Stub<"NODES"> {
  return env.NODES.getByName(`${node}@${region}`, { locationHint: region });
}

export function almanacObject(
  env: Env,
  region: Region,
): Stub<"ALMANACS"> {
  return env.ALMANACS.getByName(`almanac@${region}`, { locationHint: region });
}

// Of one tenant: as many as the keys it uses would be objects made at a caller's will. Never resize: an
// answer whose key is looked for elsewhere is lost, and runs again.
const IDEMPOTENCY_SHARDS = 8;

/** Who keeps the answers of a scope (a tenant, the admin). @param key_hash hexadecimal */
export function idempotencyObject(
  env: Env,
  { scope, key_hash }: { scope: string; key_hash: string },
): Stub<"IDEMPOTENCY"> {
  const shard = parseInt(key_hash.slice(0, 8), 16) % IDEMPOTENCY_SHARDS;
  return env.IDEMPOTENCY.getByName(`answers-${shard}@${scope}`);
}

const LEDGER_CACHE_SHARDS = 4;

/** Who knows the key of this hash for callers in a region. @param key_hash hexadecimal */
export function ledgerCacheObject(
  env: Env,
  { region, key_hash }: { region: Region; key_hash: string },
): Stub<"LEDGER_CACHES"> {
  return ledgerCacheOf(env, region, parseInt(key_hash.slice(0, 8), 16) % LEDGER_CACHE_SHARDS);
}

/** Every ledger cache: for telling them that something has changed. */
export const allLedgerCaches = (env: Env): Stub<"LEDGER_CACHES">[] =>
  REGIONS.flatMap((region) =>
    Array.from({ length: LEDGER_CACHE_SHARDS }, (_, shard) => ledgerCacheOf(env, region, shard))
  );

export function collectorObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): Stub<"COLLECTORS"> {
  return env.COLLECTORS.getByName(`collector-${shardOf(node, SHARDS)}@${region}`, {
    locationHint: region,
  });
}

/** The register of a node: one for all regions, or its claims would have no order. */
export function registrarObject(env: Env, node: string): Stub<"REGISTRARS"> {
  return registrarOf(env, shardOf(node, REGISTRARS.length));
}

/** Where a tenant's budget and rate are kept: one object, where its first request came from. */
export function tenantObject(env: Env, tenant_id: string): Stub<"TENANTS"> {
  return env.TENANTS.getByName(tenant_id);
}

/** Every share of the register: for looking at all nodes that are not up. */
export const allRegistrars = (env: Env): Stub<"REGISTRARS">[] =>
  REGISTRARS.map((_, shard) => registrarOf(env, shard));

/** The collectors of every region, by name: for looking at what they hold. */
export function allCollectors(
  env: Env,
): { name: string; region: Region; collector: Stub<"COLLECTORS"> }[] {
  return REGIONS.flatMap((region) =>
    Array.from({ length: SHARDS }, (_, shard) => {
      const name = `collector-${shard}@${region}`;
      const collector = env.COLLECTORS.getByName(name, { locationHint: region });
      return { name, region, collector };
    })
  );
}

function registrarOf(env: Env, shard: number): Stub<"REGISTRARS"> {
  return env.REGISTRARS.getByName(`registrar-${shard}`, { locationHint: REGISTRARS[shard] });
}

function ledgerCacheOf(env: Env, region: Region, shard: number): Stub<"LEDGER_CACHES"> {
  return env.LEDGER_CACHES.getByName(`gatekeeper-${shard}@${region}`, { locationHint: region });
}

function shardOf(node: string, shards: number): number {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) >>> 0;
  return hash % shards;
}
