/**
 * The ground as a candidate for an ask, beside the nodes: where to think, where the answer may be "not
 * in orbit".
 * @module
 */
import { siteOf } from "../geo/site.ts";
import type { Ask } from "../placement/ask.ts";
import { isNodeOrigin } from "../placement/ask.ts";
import type { Sky } from "../placement/sky.ts";
import { type Seconds, toRadians } from "../units.ts";
import { GROUND, type GroundNetwork, type Landing } from "./ground-network.ts";
import {
  DEFAULT_GROUND,
  type GroundParameters,
  type GroundTiming,
  groundTiming,
} from "./ground-timing.ts";
import { ReachRelays } from "./reach-relays.ts";
import { type WayDown, WaysDown } from "./way-down.ts";

/** What an ask would take on the ground, and by which way. */
export interface GroundCandidate extends Landing {
  way: WayDown;
  timing: GroundTiming;
}

/** Describes the ground for one ask at a time; holds scratch memory. */
export class Ground {
  readonly #network: GroundNetwork;
  readonly #parameters: GroundParameters;
  readonly #ways: WaysDown;

  /**
   * @param network default: that of every deployment
   * @param parameters default: those of every deployment
   */
  constructor(network: GroundNetwork = GROUND, parameters: GroundParameters = DEFAULT_GROUND) {
    this.#network = network;
    this.#parameters = parameters;
    this.#ways = new WaysDown(network, new ReachRelays(network));
  }

  /**
   * What an ask would take on the ground. Its policy and its needs of a node do not matter there.
   * @param access of the node that serves the place, both ways; default: none
   * @returns null where no node serves the place, or none that it can reach is over a gateway
   */
  candidate(ask: Ask, sky: Sky, access?: Seconds): GroundCandidate | null {
    const { at, origin, elevation_mask } = ask;
    const from = isNodeOrigin(origin)
      ? { at, node: origin.node }
      : { at, site: siteOf(origin), sin_mask: Math.sin(toRadians(elevation_mask)) };
    const way = this.#ways.find(from, sky);
    if (!way) return null;
    const landing = this.#network.landings[way.gateway];
    const { rates } = sky.physics;
    const { fibre_time } = landing;
    const parameters = this.#parameters;
    const timing = groundTiming({ ask, way, fibre_time, rates, parameters, access });
    return { ...landing, way, timing };
  }
}
