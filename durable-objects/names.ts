/**
 * Names every object of the mesh and finds it, near the region it serves. Nothing else does.
 * @module
 */
import { type Region, REGIONS } from "../mesh/region.ts";
import type { AlmanacKeeper } from "./almanac/almanac-keeper.ts";
import type { AnswerKeeper } from "./idempotency/idempotency-store.ts";
import type { Collector } from "./collector/collector.ts";
import type { Gatekeeper } from "./ledger-cache/ledger-cache.ts";
import type { OrbitalNode } from "./node/orbital-node.ts";
import type { Registrar } from "./registrar/registrar.ts";
import type { Tenant } from "./tenant/tenant.ts";

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
): DurableObjectStub<OrbitalNode> {
  return env.NODES.getByName(`${node}@${region}`, { locationHint: region });
}

export function almanacObject(
  env: Env,
  region: Region,
): DurableObjectStub<AlmanacKeeper> {
  return env.ALMANACS.getByName(`almanac@${region}`, { locationHint: region });
}

// Of one tenant: as many as the keys it uses would be objects made at a caller's will. Never resize: an
// answer whose key is looked for elsewhere is lost, and runs again.
const ANSWER_SHARDS = 8;

/** Who keeps the answers of a scope (a tenant, the admin). @param key_hash hexadecimal */
export function answersObject(
  env: Env,
  { scope, key_hash }: { scope: string; key_hash: string },
): DurableObjectStub<AnswerKeeper> {
  const shard = parseInt(key_hash.slice(0, 8), 16) % ANSWER_SHARDS;
  return env.ANSWERS.getByName(`answers-${shard}@${scope}`);
}

const GATEKEEPER_SHARDS = 4;

/** Who knows the key of this hash for callers in a region. @param key_hash hexadecimal */
export function gatekeeperObject(
  env: Env,
  { region, key_hash }: { region: Region; key_hash: string },
): DurableObjectStub<Gatekeeper> {
  return gatekeeperOf(env, region, parseInt(key_hash.slice(0, 8), 16) % GATEKEEPER_SHARDS);
}

/** Every gatekeeper: for telling them that something has changed. */
export const allGatekeepers = (env: Env): DurableObjectStub<Gatekeeper>[] =>
  REGIONS.flatMap((region) =>
    Array.from({ length: GATEKEEPER_SHARDS }, (_, shard) => gatekeeperOf(env, region, shard))
  );

export function collectorObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): DurableObjectStub<Collector> {
  return env.COLLECTORS.getByName(`collector-${shardOf(node, SHARDS)}@${region}`, {
    locationHint: region,
  });
}

/** The register of a node: one for all regions, or its claims would have no order. */
export function registrarObject(env: Env, node: string): DurableObjectStub<Registrar> {
  return registrarOf(env, shardOf(node, REGISTRARS.length));
}

/** Where a tenant's budget and rate are kept: one object, where its first request came from. */
export function tenantObject(env: Env, tenant_id: string): DurableObjectStub<Tenant> {
  return env.TENANTS.getByName(tenant_id);
}

/** Every share of the register: for looking at all nodes that are not up. */
export const allRegistrars = (env: Env): DurableObjectStub<Registrar>[] =>
  REGISTRARS.map((_, shard) => registrarOf(env, shard));

/** The collectors of every region, by name: for looking at what they hold. */
export function allCollectors(
  env: Env,
): { name: string; region: Region; collector: DurableObjectStub<Collector> }[] {
  return REGIONS.flatMap((region) =>
    Array.from({ length: SHARDS }, (_, shard) => {
      const name = `collector-${shard}@${region}`;
      const collector = env.COLLECTORS.getByName(name, { locationHint: region });
      return { name, region, collector };
    })
  );
}

function registrarOf(env: Env, shard: number): DurableObjectStub<Registrar> {
  return env.REGISTRARS.getByName(`registrar-${shard}`, { locationHint: REGISTRARS[shard] });
}

function gatekeeperOf(env: Env, region: Region, shard: number): DurableObjectStub<Gatekeeper> {
  return env.GATEKEEPERS.getByName(`gatekeeper-${shard}@${region}`, { locationHint: region });
}

function shardOf(node: string, shards: number): number {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) >>> 0;
  return hash % shards;
}
