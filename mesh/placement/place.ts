/**
 * Where to think: ranks the nodes above a place for an ask. No node is asked anything.
 *
 * A candidate is a node above the elevation mask; candidates stand in order of their modelled time
 * to result, those that would refuse behind those that would not. What cannot be predicted (queue,
 * heat, a drained battery) comes from hints, if there are any.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { type Ecef, ecefToGeodetic, type Geodetic } from "../orbit/frames.ts";
import { lookAngles, type Site, siteOf } from "./site.ts";
import { isSunlit } from "../orbit/eclipse.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { Refusal } from "../node/admit.ts";
import { type Region, regionBelow } from "../region.ts";
import { type Degrees, degrees, type EpochMs, type Km } from "../units.ts";
import type { Ask } from "./ask.ts";
import type { Grid } from "./grid.ts";
import type { Hints } from "./hints.ts";
import { LIGHT_KM_S } from "./links.ts";
import { NearestSearch, type Query } from "./nearest.ts";
import { fixedTerms, type Physics, type Timing, timing } from "./timing.ts";

/** A node for an ask, with all that explains it. */
export interface Candidate {
  index: number;
  node: string;
  region: Region;
  elevation: Degrees;
  azimuth: Degrees;
  slant_range: Km;
  sub_point: Geodetic;
  sunlit: boolean;
  timing: Timing;
  /** Why it was not chosen, where it would refuse or be too late. */
  refusal: Refusal | null;
}

/** One request must not knock at every door of the sky when all of them are closed. */
export const CANDIDATES_MAX = 8;

/** The default elevation mask of the design. */
export const ELEVATION_MASK = degrees(25);

/** Everything a placement reads. */
export interface Sky {
  almanac: Almanac;
  grid: Grid;
  hints: Hints;
  physics: Physics;
}

/** Places asks over one sky; holds the scratch memory of its search, so one at a time. */
export class Placer {
  readonly #search = new NearestSearch(CANDIDATES_MAX);

  /** The best first; up to CANDIDATES_MAX. Empty: nothing above the mask. */
  rank(ask: Ask, sky: Sky): Candidate[] {
    const site = siteOf(ask.origin);
    const open = this.#find(ask, sky, site, false);
    const ranked = open.map((index) => describe({ index, ask, sky, site }));
    if (ranked.length === CANDIDATES_MAX) return ranked;
    // Too few would serve: say which of the near ones would not, and why.
    const all = this.#find(ask, sky, site, true);
    for (const index of all) {
      if (open.includes(index) || ranked.length === CANDIDATES_MAX) continue;
      ranked.push(describe({ index, ask, sky, site }));
    }
    return ranked;
  }

  #find(ask: Ask, sky: Sky, site: Site, refusing: boolean): number[] {
    this.#search.run(sky.almanac, sky.grid, queryOf(ask, sky, site, refusing));
    return Array.from(this.#search.found.subarray(0, this.#search.size));
  }
}

/** @param refusing whether nodes that would refuse count as admissible, for explaining them */
function queryOf(ask: Ask, sky: Sky, site: Site, refusing: boolean): Query {
  const { up_s, down_s, npu_s } = fixedTerms(ask, sky.physics);
  const fixed_s = up_s + down_s + npu_s;
  const deadline_s = ask.deadline_ms === null || refusing ? Infinity : ask.deadline_ms / 1e3;
  const bare = (range: number) => 2 * range / LIGHT_KM_S + fixed_s;
  const fits = ask.memory_bytes <= sky.physics.profile.memory_bytes || refusing;
  const { touched } = sky.hints;
  return {
    at: ask.at,
    origin: site.position,
    zenith: site.up,
    sin_mask: Math.sin(ask.elevation_mask * Math.PI / 180),
    range_max_km: rangeMax(sky.almanac, ask.elevation_mask),
    scoreAt: bare,
    scoreOf(index, range) {
      if (!fits) return Infinity;
      let score = bare(range);
      if (touched[index] === 1) {
        const hint = sky.hints.of(index)!;
        if (!refusing && refusalOf(hint.refusing, ask.at)) return Infinity;
        const arrives = ask.at + (range / LIGHT_KM_S + up_s) * 1e3;
        score += Math.max(0, hint.busy_until_ms - arrives) / 1e3;
      }
      return score > deadline_s ? Infinity : score;
    },
  };
}

function refusalOf(
  refusing: { refusal: Refusal; until_ms: number } | null,
  at: EpochMs,
): Refusal | null {
  return refusing && at < refusing.until_ms ? refusing.refusal : null;
}

function describe(
  { index, ask, sky, site }: { index: number; ask: Ask; sky: Sky; site: Site },
): Candidate {
  const xyz = new Float64Array(3);
  sky.almanac.position(index, sky.almanac.weights(ask.at), xyz);
  const node: Ecef = { x: xyz[0], y: xyz[1], z: xyz[2] };
  const hint = sky.hints.of(index);
  const look = lookAngles(site, node);
  const times = timing({
    ask,
    range: look.slant_range,
    busy_until: hint?.busy_until_ms ?? 0,
    physics: sky.physics,
  });
  const late = ask.deadline_ms !== null && times.total * 1e3 > ask.deadline_ms;
  const tooBig = ask.memory_bytes > sky.physics.profile.memory_bytes;
  const refusal = tooBig
    ? "no_memory"
    : refusalOf(hint?.refusing ?? null, ask.at) ?? (late ? "too_late" : null);
  return {
    index,
    node: sky.almanac.constellation.id(index),
    region: regionBelow(node),
    ...look,
    sub_point: ecefToGeodetic(node),
    sunlit: isSunlit(node, sunDirectionEcef(ask.at)),
    timing: times,
    refusal,
  };
}

const EARTH_RADIUS_MIN_KM = 6_356.752;

/** Slant range at the mask to the highest node there is, from the lowest ground there is. */
function rangeMax(almanac: Almanac, mask: Degrees): number {
  const sin = Math.sin(mask * Math.PI / 180);
  const radius = almanac.radius_max_km;
  const ground = EARTH_RADIUS_MIN_KM;
  // The ellipsoid's zenith leans from the radius by up to 0.19 degrees: widen by one percent.
  return 1.01 *
    (Math.sqrt(radius * radius - ground * ground * (1 - sin * sin)) - ground * sin);
}
