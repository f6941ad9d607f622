/**
 * The ground as a candidate for an ask, beside the nodes: where to think, where the answer may be "not
 * in orbit".
 * @module
 */
import { siteOf } from "../geo/site.ts";
import type { Ask } from "../placement/ask.ts";
import { isNodeOrigin } from "../placement/ask.ts";
import { LIGHT_KM_S } from "../placement/links.ts";
import type { Sky } from "../placement/sky.ts";
import { tollsOf } from "../placement/tolls.ts";
import { km, type Seconds, toRadians } from "../units.ts";
import { GROUND, type GroundNetwork, type Landing } from "./ground-network.ts";
import {
  DEFAULT_GROUND,
  type GroundAsk,
  type GroundParameters,
  type GroundPhysics,
  type GroundTiming,
  groundTiming,
} from "./ground-timing.ts";
import { ReachRelays } from "./reach-relays.ts";
import { type Relays, type Serving, type WayDown, WaysDown, type Whereabouts } from "./way-down.ts";

/** What an ask would take on the ground, and by which way. */
export interface GroundCandidate extends Landing {
  way: WayDown;
  timing: GroundTiming;
}

/** What the ground reads of a sky. */
export type GroundSky = Pick<Sky, "almanac" | "finder"> & { physics: GroundPhysics };

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
   * @param sky where nodes are, and the physics of links and radio
   * @param access what the place's radio makes it wait, both ways; default: the profile's mean
   * @returns null where no node serves the place, or none that it can reach is over a gateway
   */
  candidate(ask: Ask, sky: Sky, access?: Seconds): GroundCandidate | null {
    const { at, origin, elevation_mask } = ask;
    const from = isNodeOrigin(origin) ? { at, node: origin.node } : {
      at,
      site: siteOf(origin),
      sin_mask: Math.sin(toRadians(elevation_mask)),
      tolls: tollsOf(ask, sky),
    };
    return this.#over(this.#ways.find(from, whereaboutsOf(sky)), ask, sky, access);
  }

  /**
   * The same for an ask whose serving node is known already: what has found it need not be done again.
   * @param by the node that serves
   * @param sky where nodes are, and the physics of links and radio
   * @param access what the place's radio makes it wait, both ways; default: the profile's mean
   * @returns null where links lead to no node that a gateway sees
   */
  candidateBy(
    by: Serving,
    ask: GroundAsk & Pick<Ask, "at">,
    sky: GroundSky,
    access?: Seconds,
  ): GroundCandidate | null {
    const way = this.#ways.fromServing(by, ask.at, whereaboutsOf(sky));
    return this.#over(way, ask, sky, access);
  }

  #over(
    way: WayDown | null,
    ask: GroundAsk,
    { physics }: GroundSky,
    access?: Seconds,
  ): GroundCandidate | null {
    if (!way) return null;
    const landing = this.#network.landings[way.gateway];
    const { gateway, region, fibre, fibre_time } = landing;
    const parameters = this.#parameters;
    const timing = groundTiming({ ask, way, fibre_time, physics, parameters, access });
    return { gateway, region, fibre, fibre_time, way, timing };
  }
}

const whereaboutsOf = ({ almanac, finder, physics: { radio } }: GroundSky): Whereabouts => ({
  almanac,
  finder,
  hop: km((radio?.hop ?? 0) * LIGHT_KM_S),
});
