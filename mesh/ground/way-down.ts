/**
 * The way from an ask's origin down to a gateway: by the node that serves the place, straight to a
 * gateway that sees it, else over inter-satellite links to a node that one sees.
 *
 * The node that serves is the nearest above the mask, whatever its NPU, charge and heat: a bent pipe
 * takes none of these.
 * @module
 */
import type { Almanac, Positions } from "../orbit/almanac.ts";
import { Best } from "../placement/best.ts";
import type { Departure, Finder, View } from "../placement/finder.ts";
import type { Scores } from "../placement/scores.ts";
import { type EpochMs, type Km, km } from "../units.ts";
import type { GroundNetwork } from "./ground-network.ts";
import type { GroundPoint } from "./ground-point.ts";
import type { CloudRegion } from "./regions.ts";

/** How an ask gets down to a gateway. */
export interface WayDown {
  /** Indices from the node that serves the ask to the one that the gateway sees, both included. */
  path: readonly number[];
  /** From the place up to the first node; 0 where the origin is a node. */
  up: Km;
  /** What that node's link loses by range and rain, as a length: half of what it takes longer. */
  toll: Km;
  /** Of all links between the nodes of the path. */
  lasers: Km;
  /** From the last node down to the gateway. */
  down: Km;
  /** The gateway's index in the network's `landings`. */
  gateway: number;
}

/** Where nodes are, what finds them, and what links between them cost. */
export interface Whereabouts {
  almanac: Almanac;
  finder: Finder;
  /** Of each link between nodes beside its length; missing: nothing. */
  hop?: Km;
}

/** The node that serves an ask. */
export interface Serving {
  /** Its index. */
  node: number;
  /** From the place to it; 0 where the ask's origin is the node. */
  up: Km;
  /** As a way's; missing: none. */
  toll?: Km;
}

/** Nodes from one that no gateway sees to one that a gateway sees. */
export interface Relay {
  /** Their indices, both ends included. */
  path: readonly number[];
  /** The gateway's index in the network's `landings`. */
  gateway: number;
}

/** What leads from nodes that no gateway sees to nodes that one sees. */
export interface Relays {
  /**
   * The relay from a node.
   * @param node its index
   * @returns null where links lead to no node that a gateway sees
   */
  from(node: number, at: EpochMs, whereabouts: Whereabouts): Relay | null;
}

/** Ranks by length alone. */
const LENGTH: Scores = {
  at: (length) => length,
  longest: (score) => score,
  of: (_index, length) => length,
};

/** Finds ways down for one ask at a time; holds scratch memory. */
export class WaysDown<R extends GroundPoint = CloudRegion> {
  readonly #network: GroundNetwork<R>;
  readonly #relays: Relays;
  readonly #best = new Best(1);
  readonly #xyz = new Float64Array(6);

  /** @param relays that of the instant (reach-relays.ts), or a table (relay-table.ts) */
  constructor(network: GroundNetwork<R>, relays: Relays) {
    this.#network = network;
    this.#relays = relays;
  }

  /**
   * The way of an ask that sets out from a place, or from the node that holds its data.
   * @returns null where no node is above the mask, or links lead to no node that a gateway sees
   */
  find(from: Departure, whereabouts: Whereabouts): WayDown | null {
    if ("node" in from) {
      return this.fromServing({ node: from.node, up: km(0) }, from.at, whereabouts);
    }
    const best = this.#best;
    whereabouts.finder.above(from, LENGTH, best);
    if (best.size === 0) return null;
    const node = best.found[0];
    const length = best.scores[0];
    const up = from.tolls ? this.#rangeTo(node, from, whereabouts.almanac) : length;
    const by = { node, up: km(up), toll: km(length - up) };
    return this.fromServing(by, from.at, whereabouts);
  }

  /**
   * The way of an ask that a node has taken up already.
   * @param by the node that serves
   * @returns null where links lead to no node that a gateway sees
   */
  fromServing(by: Serving, at: EpochMs, whereabouts: Whereabouts): WayDown | null {
    const network = this.#network;
    const { node, up, toll = km(0) } = by;
    const positions = whereabouts.almanac.at(at);
    positions.position(node, this.#xyz);
    const gateway = network.look(this.#xyz);
    if (gateway >= 0) {
      return { path: [node], up, toll, lasers: km(0), down: km(network.range_km), gateway };
    }
    const relay = this.#relays.from(node, at, whereabouts);
    return relay && { up, toll, ...this.#measured(relay, positions) };
  }

  #rangeTo(node: number, { at, site: { position } }: View, almanac: Almanac): number {
    const xyz = this.#xyz;
    almanac.at(at).position(node, xyz);
    return Math.hypot(xyz[0] - position.x, xyz[1] - position.y, xyz[2] - position.z);
  }

  /** The way over a relay, with its lengths as they are at the instant. */
  #measured({ path, gateway }: Relay, positions: Positions): Omit<WayDown, "up" | "toll"> {
    const network = this.#network;
    const xyz = this.#xyz;
    let lasers = 0;
    positions.position(path[0], xyz);
    for (let hop = 1; hop < path.length; hop++) {
      positions.position(path[hop], xyz, 3);
      const dx = xyz[3] - xyz[0];
      const dy = xyz[4] - xyz[1];
      const dz = xyz[5] - xyz[2];
      lasers += Math.sqrt(dx * dx + dy * dy + dz * dz);
      xyz.copyWithin(0, 3);
    }
    // A relay of a little while ago may end at a node that has just left its gateway's view.
    const seeing = network.look(xyz);
    const down = km(seeing < 0 ? network.rangeTo(gateway, xyz) : network.range_km);
    return { path, lasers: km(lasers), down, gateway: seeing < 0 ? gateway : seeing };
  }
}
