/**
 * Relays to the ground as they are best at the very instant: the finder's search over links, by which
 * placement travels, for the node through which a region is reached first.
 * @module
 */
import { Best } from "../placement/best.ts";
import type { Scores } from "../placement/scores.ts";
import type { EpochMs } from "../units.ts";
import type { GroundNetwork } from "./ground-network.ts";
import type { GroundPoint } from "./ground-point.ts";
import type { Relay, Relays, Whereabouts } from "./way-down.ts";

/** Searches anew for each ask: some 100 us where the next gateway is some thousand kilometres away. */
export class ReachRelays<R extends GroundPoint> implements Relays {
  readonly #network: GroundNetwork<R>;
  readonly #scores: Scores;
  readonly #best = new Best(1);

  constructor(network: GroundNetwork<R>) {
    this.#network = network;
    // As km of vacuum. Nothing is nearer to a region than its gateway's fibre.
    this.#scores = {
      at: (length) => length + network.fibre_min_km,
      longest: (score) => score - network.fibre_min_km,
      of(_index, length, xyz, offset) {
        const gateway = network.look(xyz, offset);
        if (gateway < 0) return Infinity;
        return length + network.range_km + network.fibreAsVacuum(gateway);
      },
    };
  }

  /**
   * The relay by which a region is reached first.
   * @param node its index
   * @returns null where links lead to no node that a gateway sees
   */
  from(node: number, at: EpochMs, { almanac, finder, hop }: Whereabouts): Relay | null {
    const tolls = hop ? { hop_km: hop, of: () => 0 } : undefined;
    const ways = finder.reach({ node, at, tolls }, this.#scores, this.#best);
    if (this.#best.size === 0) return null;
    const last = this.#best.found[0];
    const xyz = new Float64Array(3);
    almanac.at(at).position(last, xyz);
    return { path: ways.path(last), gateway: this.#network.look(xyz) };
  }
}
