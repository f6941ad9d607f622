/**
 * The ground as a candidate for an ask, beside the nodes: where to think, where the answer may be "not
 * in orbit".
 * @module
 */
import { siteOf } from "../geo/site.ts";
import type { Ask } from "../placement/ask.ts";
import { isNodeOrigin } from "../placement/ask.ts";
import type { LinkRates } from "../placement/links.ts";
import { type Km, type Seconds, toRadians } from "../units.ts";
import { GROUND, type GroundNetwork, type Landing } from "./ground-network.ts";
import {
  DEFAULT_GROUND,
  type GroundAsk,
  type GroundParameters,
  type GroundTiming,
  groundTiming,
} from "./ground-timing.ts";
import { ReachRelays } from "./reach-relays.ts";
import { type Relays, type WayDown, WaysDown, type Whereabouts } from "./way-down.ts";

/** What an ask would take on the ground, and by which way. */
export interface GroundCandidate extends Landing {
  way: WayDown;
  timing: GroundTiming;
}

/** What the ground reads of a sky. */
export type GroundSky = Whereabouts & { physics: { rates: LinkRates } };

/** The node that serves an ask. */
export interface Serving {
  /** Its index. */
  node: number;
  /** From the place to it; 0 where the ask's origin is the node. */
  up: Km;
}

/** What the ground is made of; what is left out is that of every deployment. */
export interface GroundMake {
  network?: GroundNetwork;
  parameters?: GroundParameters;
  /** Default: the best at the very instant. A study's is a table (relay-table.ts). */
  relays?: Relays;
}

/** Describes the ground for one ask at a time; holds scratch memory. */
export class Ground {
  readonly #network: GroundNetwork;
  readonly #parameters: GroundParameters;
  readonly #ways: WaysDown;

  /** @param make default: the ground of every deployment, exact at each instant */
  constructor(
    { network = GROUND, parameters = DEFAULT_GROUND, relays = new ReachRelays(network) }:
      GroundMake = {},
  ) {
    this.#network = network;
    this.#parameters = parameters;
    this.#ways = new WaysDown(network, relays);
  }

  /**
   * What an ask would take on the ground. Its policy and its needs of a node do not matter there.
   * @param sky where nodes are, and the rates of links
   * @param access of the node that serves the place, both ways; default: none
   * @returns null where no node serves the place, or none that it can reach is over a gateway
   */
  candidate(ask: Ask, sky: GroundSky, access?: Seconds): GroundCandidate | null {
    const { at, origin, elevation_mask } = ask;
    const from = isNodeOrigin(origin)
      ? { at, node: origin.node }
      : { at, site: siteOf(origin), sin_mask: Math.sin(toRadians(elevation_mask)) };
    return this.#over(this.#ways.find(from, sky), ask, sky, access);
  }

  /**
   * The same for an ask whose serving node is known already: what has found it need not be done again.
   * @param by the node that serves
   * @param sky where nodes are, and the rates of links
   * @param access of that node, both ways; default: none
   * @returns null where links lead to no node that a gateway sees
   */
  candidateBy(
    by: Serving,
    ask: GroundAsk & Pick<Ask, "at">,
    sky: GroundSky,
    access?: Seconds,
  ): GroundCandidate | null {
    return this.#over(this.#ways.fromServing(by.node, by.up, ask.at, sky), ask, sky, access);
  }

  #over(
    way: WayDown | null,
    ask: GroundAsk,
    { physics: { rates } }: GroundSky,
    access?: Seconds,
  ): GroundCandidate | null {
    if (!way) return null;
    const landing = this.#network.landings[way.gateway];
    const { gateway, region, fibre, fibre_time } = landing;
    const parameters = this.#parameters;
    const timing = groundTiming({ ask, way, fibre_time, rates, parameters, access });
    return { gateway, region, fibre, fibre_time, way, timing };
  }
}
