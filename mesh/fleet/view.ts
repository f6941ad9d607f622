/**
 * The whole fleet at an instant: every node's place, light, region and charge, computed from the
 * almanac, with what touched nodes have said of themselves laid over. Wakes nobody.
 * @module
 */
import type { Almanac, Positions } from "../orbit/almanac.ts";
import type { Constellation } from "../orbit/constellation.ts";
import { isSunlit } from "../orbit/eclipse.ts";
import type { Ecef } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { Refusal } from "../node/admit.ts";
import { type IdleRates, idleRates, orbitCharge } from "../node/orbit-charge.ts";
import { type OrbitLight, orbitLight } from "../node/orbit-light.ts";
import type { Digest } from "../node/digest.ts";
import type { ShellProfiles } from "../node/shell-profiles.ts";
import type { Hints } from "../placement/hints.ts";
import { type UntouchedNodes, untouchedNodes } from "../placement/untouched-nodes.ts";
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
  /** Whether the node of this index passes by what is known of it alone, such as its service. */
  known?: (index: number) => boolean;
  /** Whether only nodes count that have said of themselves how they stand. */
  heard?: boolean;
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

// Of nodes that a filter turns away: a page that finds few in a million must not hold an isolate for long.
const TURNED_AWAY_MAX = 50_000;

/** What a look at the fleet reads. */
interface FleetSky {
  almanac: Almanac;
  at: EpochMs;
  hints: Hints;
  profiles: ShellProfiles;
}

/**
 * Lists the nodes that pass a filter, in the catalogue's order.
 * @returns `next`: the index at which the next page begins; null on the last. A page may hold fewer
 *   nodes than its limit, or none, and still not be the last
 */
export function viewFleet(
  sky: FleetSky,
  filter: FleetFilter,
  { from, limit }: {
    /** The index of the first node to look at. */
    from: number;
    /** How many nodes to list at most. */
    limit: number;
  },
): { nodes: FleetNode[]; next: number | null } {
  const { almanac } = sky;
  const look = new FleetLook(sky);
  const { first, end } = span(almanac.constellation, filter.group);
  const nodes: FleetNode[] = [];
  let turnedAway = 0;
  const begin = Math.max(first, from);
  for (const index of filter.heard ? heardOf(sky.hints, begin, end) : range(begin, end)) {
    if (filter.group !== undefined && almanac.constellation.group(index) !== filter.group) continue;
    if (filter.known && !filter.known(index)) continue;
    if (!almanac.flies(index)) continue;
    if (turnedAway === TURNED_AWAY_MAX) return { nodes, next: index };
    if (!look.passes(index, filter)) {
      turnedAway++;
      continue;
    }
    if (nodes.length === limit) return { nodes, next: index };
    nodes.push(look.node(index));
  }
  return { nodes, next: null };
}

function* range(begin: number, end: number): Generator<number> {
  for (let index = begin; index < end; index++) yield index;
}

/** In the catalogue's order. A few among a million: nobody walks by the others. */
const heardOf = (hints: Hints, begin: number, end: number): number[] =>
  [...hints.all()].map(([index]) => index)
    .filter((index) => index >= begin && index < end)
    .sort((a, b) => a - b);

/** Between which indices the nodes of a group lie: of a generated one, its own alone. */
function span(
  { shells, count }: Constellation,
  group: number | undefined,
): { first: number; end: number } {
  if (!shells || group === undefined) return { first: 0, end: count };
  const nodes = shells.map(({ planes, per_plane }) => planes * per_plane);
  const first = nodes.slice(0, group).reduce((sum, n) => sum + n, 0);
  return { first, end: first + nodes[group] };
}

/** Looks at one node after the other, and works out of it only what is asked. */
class FleetLook {
  readonly #sky: FleetSky;
  readonly #now: Positions;
  readonly #slot: Positions;
  readonly #sun: Ecef;
  /** By kind of hardware. */
  readonly #rates: readonly IdleRates[];
  readonly #untouched: UntouchedNodes;
  readonly #xyz = new Float64Array(3);

  constructor(sky: FleetSky) {
    const { almanac, at, profiles } = sky;
    this.#sky = sky;
    this.#now = almanac.at(at);
    this.#slot = almanac.at(slotInstant(slotNumber(at)));
    this.#sun = sunDirectionEcef(at);
    this.#rates = profiles.kinds.map(idleRates);
    this.#untouched = untouchedNodes(almanac.constellation, profiles);
  }

  /** By all but the group, and what is known of the node alone. */
  passes(index: number, { region, sunlit, charge_min, charge_max }: FleetFilter): boolean {
    if (region !== undefined && this.#region(index) !== region) return false;
    if (sunlit !== undefined && isSunlit(this.#position(index), this.#sun) !== sunlit) return false;
    if (charge_min === undefined && charge_max === undefined) return true;
    const charge = this.#charge(index, this.#light(index));
    return charge >= (charge_min ?? 0) && charge <= (charge_max ?? 1);
  }

  node(index: number): FleetNode {
    const { hints, at } = this.#sky;
    const position = this.#position(index);
    const light = this.#light(index);
    return {
      index,
      position,
      region: this.#region(index),
      sunlit: isSunlit(position, this.#sun),
      state_of_charge: this.#charge(index, light),
      refusing: hints.isTouched(index)
        ? hints.refusal(index, at)
        : this.#untouched.idleRefusal(index, at, light),
      digest: hints.of(index),
    };
  }

  #position(index: number): Ecef {
    this.#now.position(index, this.#xyz);
    return { x: this.#xyz[0], y: this.#xyz[1], z: this.#xyz[2] };
  }

  #region(index: number): Region {
    this.#slot.position(index, this.#xyz);
    return regionBelow({ x: this.#xyz[0], y: this.#xyz[1], z: this.#xyz[2] });
  }

  #light(index: number): OrbitLight {
    return orbitLight(this.#position(index), this.#now.velocity(index), this.#sun);
  }

  #charge(index: number, light: OrbitLight): number {
    const { hints, profiles, almanac: { constellation } } = this.#sky;
    const said = hints.of(index);
    if (said) return said.state_of_charge;
    const rates = this.#rates[profiles.kindOfNode(constellation, index)];
    return orbitCharge(light, rates) / rates.battery;
  }
}
