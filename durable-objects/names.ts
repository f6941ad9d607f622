/**
 * Names every object of the mesh and finds it, near the region it serves. Nothing else does.
 * @module
 */
import { type Region, REGIONS } from "../mesh/region.ts";
import type { AlmanacKeeper } from "./almanac-keeper.ts";
import type { Collector } from "./collector.ts";
import type { OrbitalNode } from "./orbital-node.ts";

// One collector drains thousands of receipts a second; four keep a region's nodes from queueing.
const SHARDS = 4;

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

export function collectorObject(
  env: Env,
  { node, region }: { node: string; region: Region },
): DurableObjectStub<Collector> {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) >>> 0;
  return env.COLLECTORS.getByName(`collector-${hash % SHARDS}@${region}`, {
    locationHint: region,
  });
}

/** The collectors of every region: for looking at what they hold. */
export function allCollectors(env: Env): DurableObjectStub<Collector>[] {
  return REGIONS.flatMap((region) =>
    Array.from(
      { length: SHARDS },
      (_, shard) =>
        env.COLLECTORS.getByName(`collector-${shard}@${region}`, { locationHint: region }),
    )
  );
}
