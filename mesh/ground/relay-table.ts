/**
 * Relays to the ground for many asks of about one instant, as a study has them: the best from every node
 * at once, by one search outward from all nodes that a gateway sees. An ask then reads its own.
 *
 * What is read was best when it was made; its lengths are those of the ask's instant (way-down.ts).
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import type { Constellation } from "../orbit/constellation.ts";
import { allLengths, allPositions } from "../placement/isl/lengths.ts";
import { neighboursOf } from "../placement/isl/neighbours.ts";
import { PathSearch } from "../placement/isl/path-search.ts";
import { type Access, shortestPaths } from "../placement/isl/shortest-paths.ts";
import { type EpochMs, epochMs, km } from "../units.ts";
import type { GroundNetwork } from "./ground-network.ts";
import type { GroundPoint } from "./ground-point.ts";
import type { Relay, Relays, Whereabouts } from "./way-down.ts";

/**
 * Networks of today assign links anew every 15 s; nodes fly 110 km in so long. With a minute, one ask in
 * twenty from mid-ocean would take 5 ms more than by the best relay.
 */
export const RELAYS_FRESH_MS = 15_000;

/** The best relays from all nodes of one constellation; takes some 200 bytes a node. */
export class RelayTable<R extends GroundPoint> implements Relays {
  readonly #network: GroundNetwork<R>;
  readonly #fresh_ms: number;
  readonly #search: PathSearch;
  readonly #neighbours: Int32Array;
  /** By node: the gateway that it would take itself; -1 where none sees it. */
  readonly #gateways: Int16Array;
  #made = NaN;

  /** @param fresh_ms for how long a table serves before it is made anew */
  constructor(
    constellation: Constellation,
    network: GroundNetwork<R>,
    fresh_ms = RELAYS_FRESH_MS,
  ) {
    this.#network = network;
    this.#fresh_ms = fresh_ms;
    this.#search = new PathSearch(constellation.count);
    this.#neighbours = neighboursOf(constellation);
    this.#gateways = new Int16Array(constellation.count);
  }

  /**
   * The relay by which a region was reached first when the table was made.
   * @param node its index
   * @returns null where links led to no node that a gateway sees
   */
  from(node: number, at: EpochMs, { almanac, hop }: Whereabouts): Relay | null {
    // Of the middle of its time: the same whichever ask comes first, so that runs repeat.
    const slot = Math.floor(at / this.#fresh_ms);
    if (slot !== this.#made) {
      this.#make(almanac, epochMs((slot + 0.5) * this.#fresh_ms), hop);
      this.#made = slot;
    }
    if (this.#search.cost[node] === Infinity) return null;
    const path = this.#search.path(node);
    return { gateway: this.#gateways[path[0]], path: path.reverse() };
  }

  #make(almanac: Almanac, at: EpochMs, hop = km(0)): void {
    const network = this.#network;
    const neighbours = this.#neighbours;
    const xyz = allPositions(almanac, at);
    const access: Access[] = [];
    for (let node = 0; node < almanac.constellation.count; node++) {
      if (!almanac.flies(node)) continue;
      const gateway = network.look(xyz, 3 * node);
      this.#gateways[node] = gateway;
      if (gateway < 0) continue;
      access.push({ node, range_km: network.range_km + network.fibreAsVacuum(gateway) });
    }
    const lengths = allLengths(almanac, neighbours, xyz);
    if (hop > 0) { for (let i = 0; i < lengths.length; i++) lengths[i] += hop; }
    shortestPaths({ search: this.#search, neighbours, lengths, access });
  }
}
