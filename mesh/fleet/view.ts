/**
 * The whole fleet at an instant: every node's place, light, region and charge, computed from the
 * almanac, with what touched nodes have said of themselves laid over. Wakes nobody.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { isSunlit } from "../orbit/eclipse.ts";
import type { Ecef } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { HardwareProfile } from "../node/profile.ts";
import type { Refusal } from "../node/admit.ts";
import { idleRates, orbitCharge } from "../node/orbit-charge.ts";
import { orbitLight } from "../node/orbit-light.ts";
import type { Digest } from "../node/digest.ts";
import type { Hints } from "../placement/hints.ts";
import { untouchedNodes } from "../placement/untouched-nodes.ts";
import { type Region, regionBelow } from "../region.ts";
import { slotInstant, slotNumber } from "../tenure.ts";
import type { EpochMs } from "../units.ts";

/** What a node must be to be listed; what is absent is not asked. */
export interface FleetFilter {
  /** Index into the constellation's `groups`. */
  group?: number;
  region?: Region;
  sunlit?: boolean;
  /** 0..1 of the battery; both ends pass. */
  charge_min?: number;
  /** 0..1 of the battery. */
  charge_max?: number;
  /** Whether the node of this index passes by its service. */
  service?: (index: number) => boolean;
}

/** One node of a view. */
export interface FleetNode {
  /** In the constellation. */
  index: number;
  /** Earth-fixed, km. */
  position: Ecef;
  region: Region;
  sunlit: boolean;
  /** 0..1 of the battery. */
  state_of_charge: number;
  /** Why it would refuse; null: it would not. */
  refusing: Refusal | null;
  /** The node's own word; undefined: computed as for an untouched node. */
  digest: Digest | undefined;
}

/**
 * Lists the nodes that pass a filter, in the catalogue's order.
 * @returns `next`: the index at which the next page begins; null on the last
 */
export function viewFleet(
  { almanac, at, hints, profile }: {
    almanac: Almanac;
    at: EpochMs;
    hints: Hints;
    profile: HardwareProfile;
  },
  filter: FleetFilter,
  { from, limit }: {
    /** The index of the first node to look at. */
    from: number;
    /** How many nodes to list at most. */
    limit: number;
  },
): { nodes: FleetNode[]; next: number | null } {
  const { constellation } = almanac;
  const positions = almanac.at(at);
  const slot = almanac.at(slotInstant(slotNumber(at)));
  const sun = sunDirectionEcef(at);
  const rates = idleRates(profile);
  const untouched = untouchedNodes(constellation, profile);
  const xyz = new Float64Array(3);
  const nodes: FleetNode[] = [];
  for (let index = from; index < constellation.count; index++) {
    if (filter.group !== undefined && constellation.group(index) !== filter.group) continue;
    if (filter.service && !filter.service(index)) continue;
    if (!almanac.flies(index)) continue;
    slot.position(index, xyz);
    const region = regionBelow({ x: xyz[0], y: xyz[1], z: xyz[2] });
    if (filter.region !== undefined && region !== filter.region) continue;
    positions.position(index, xyz);
    const position = { x: xyz[0], y: xyz[1], z: xyz[2] };
    const sunlit = isSunlit(position, sun);
    if (filter.sunlit !== undefined && sunlit !== filter.sunlit) continue;
    const digest = hints.of(index);
    const light = orbitLight(position, positions.velocity(index), sun);
    const state_of_charge = digest?.state_of_charge ?? orbitCharge(light, rates) / profile.battery;
    if (state_of_charge < (filter.charge_min ?? 0)) continue;
    if (state_of_charge > (filter.charge_max ?? 1)) continue;
    if (nodes.length === limit) return { nodes, next: index };
    const refusing = !hints.isTouched(index)
      ? untouched.idleRefusal(index, at, light)
      : hints.refusal(index, at);
    nodes.push({ index, position, region, sunlit, state_of_charge, refusing, digest });
  }
  return { nodes, next: null };
}
