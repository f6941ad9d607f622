/**
 * Names every object of the mesh and finds it, near the region it serves. Nothing else does.
 * @module
 */
import { type Region, REGIONS } from "../mesh/region.ts";

/**
 * A handle on an object of a binding; its class comes from the generated `Env`, so that no class is
 * imported.
 */
export type Stub<
  Binding extends
    | "ALMANACS"
    | "COLLECTORS"
    | "IDEMPOTENCY"
    | "LEDGER_CACHES"
    | "LIVE_FEEDS"
    | "NODES"
    | "REGISTRARS"
    | "TENANTS",
> = ReturnType<Env[Binding]["getByName"]>;

// One collector drains thousands of receipts a second; four keep a region's nodes from queueing.
const SHARDS = 4;

// A registrar is asked at a node's first touch in each tenure, from wherever the node flies. So
// they lie near the middle of the land, and in more than one place: no single outage stops every
// node. Never reorder or resize: a node whose registrar changes has lost its register.
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

/**
 * The object of a node in a region. The name creates the object, so a caller's text must not get
 * here.
 * @param node an id that the constellation holds (indexOf())
 */
export function nodeObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): Stub<"NODES"> {
  return env.NODES.getByName(`${node}@${region}`, { locationHint: region });
}

/** The keeper of a region's knots. */
export function almanacObject(
  env: Env,
  region: Region,
): Stub<"ALMANACS"> {
  return env.ALMANACS.getByName(`almanac@${region}`, { locationHint: region });
}

// Per tenant. An object for each key would let a caller create objects at will. Never resize: an
// answer that is looked for in another object counts as none, and its request runs again.
const IDEMPOTENCY_SHARDS = 8;

/**
 * The object that keeps the answers of a share of the keys of a scope (a tenant, or the admin).
 * @param key_hash hexadecimal, 8 digits at least
 */
export function idempotencyObject(
  env: Env,
  { scope, key_hash }: { scope: string; key_hash: string },
): Stub<"IDEMPOTENCY"> {
  const shard = parseInt(key_hash.slice(0, 8), 16) % IDEMPOTENCY_SHARDS;
  // An object is found by its name, and release 7ab9cf5 gave it this one: it never changes, though the
  // class is called IdempotencyStore now.
  return env.IDEMPOTENCY.getByName(`answers-${shard}@${scope}`);
}

const LEDGER_CACHE_SHARDS = 4;

/**
 * The object that knows an API key or an admin key, or a tenant's models, for callers in a region.
 * @param key_hash of the key or of the tenant's id: hexadecimal, 8 digits at least
 */
export function ledgerCacheObject(
  env: Env,
  { region, key_hash }: { region: Region; key_hash: string },
): Stub<"LEDGER_CACHES"> {
  return ledgerCacheOf(env, region, parseInt(key_hash.slice(0, 8), 16) % LEDGER_CACHE_SHARDS);
}

/**
 * Every ledger cache of every region, with names for people: for telling them that the ledger has changed,
 * and for reading what they count.
 */
export const allLedgerCaches = (env: Env): { name: string; cache: Stub<"LEDGER_CACHES"> }[] =>
  REGIONS.flatMap((region) =>
    Array.from({ length: LEDGER_CACHE_SHARDS }, (_, shard) => ({
      name: `ledger-cache-${shard}@${region}`,
      cache: ledgerCacheOf(env, region, shard),
    }))
  );

/** The collector that takes the receipts of a node while a region serves it. */
export function collectorObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): Stub<"COLLECTORS"> {
  return env.COLLECTORS.getByName(`collector-${shardOf(node, SHARDS)}@${region}`, {
    locationHint: region,
  });
}

/**
 * The registrar of a node: one for all regions, or the claims to the node would have no order.
 * @param node an id that the constellation holds (indexOf())
 */
export function registrarObject(env: Env, node: string): Stub<"REGISTRARS"> {
  return registrarOf(env, shardOf(node, REGISTRARS.length));
}

/**
 * The object of a tenant's budget and rate; it stays where the tenant's first request came from.
 * @param tenant_id as the ledger has it
 */
export function tenantObject(env: Env, tenant_id: string): Stub<"TENANTS"> {
  return env.TENANTS.getByName(tenant_id);
}

/**
 * The object that tells a tenant's pages what its executions do.
 * @param tenant_id as the ledger has it
 */
export const liveFeedObject = (env: Env, tenant_id: string): Stub<"LIVE_FEEDS"> =>
  env.LIVE_FEEDS.getByName(tenant_id);

/** Every registrar: for reading which nodes are not up. */
export const allRegistrars = (env: Env): Stub<"REGISTRARS">[] =>
  REGISTRARS.map((_, shard) => registrarOf(env, shard));

/** The collectors of every region, with their names: for reading what they hold. */
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
  // An object is found by its name, and release 7ab9cf5 gave it this one: it never changes, though the
  // class is called LedgerCache now.
  return env.LEDGER_CACHES.getByName(`gatekeeper-${shard}@${region}`, { locationHint: region });
}

function shardOf(node: string, shards: number): number {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) >>> 0;
  return hash % shards;
}
