/**
 * Where to think: ranks nodes for an ask. No node is asked anything.
 *
 * First those above the place, in order of their modelled time to result. Where none of them is
 * surely the best (all refuse, or make wait), the ask may travel on over inter-satellite links, and
 * the ranking is over all that it can reach. What nobody can compute (queue, heat and battery of nodes
 * that have worked) comes from hints, if there are any.
 * @module
 */
import type { Geodetic } from "../orbit/frames.ts";
import { degrees, RADIANS_PER_DEGREE, toRadians } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import { type Candidate, describe } from "./candidate.ts";
import { neighboursOf } from "./isl/neighbours.ts";
import { OutwardSearch } from "./isl/outward.ts";
import type { Access } from "./isl/shortest-paths.ts";
import { NearestSearch } from "./nearest.ts";
import { scan, type ScanView } from "./scan.ts";
import { scoresOf } from "./scores.ts";
import { type Site, siteOf } from "../geo/site.ts";
import type { Sky } from "./sky.ts";

/** How many nodes one request may ask, so that it does not wake hundreds when all of them refuse. */
export const CANDIDATES_MAX = 8;

/** Nodes lower than this over the horizon are not seen from a place, unless a request says otherwise. */
export const ELEVATION_MASK = degrees(25);

/** Places asks; holds the scratch memory of its searches, so one at a time. */
export class Placer {
  readonly #nearest = new NearestSearch(CANDIDATES_MAX);
  #outward: OutwardSearch | undefined;
  #neighbours: Int32Array | undefined;

  /**
   * Ranks the nodes for an ask, the best first, up to CANDIDATES_MAX. Where there are fewer that would
   * serve, near ones that would not stand last, with the reason.
   * @param explain whether to add those that would not serve even where enough others would, up to
   *   twice as many in all
   */
  rank(ask: Ask, sky: Sky, explain = false): Candidate[] {
    return isNodeOrigin(ask.origin)
      ? this.#travel(ask, sky, [{ node: ask.origin.node, range_km: 0 }])
      : this.#fromGround(ask, sky, ask.origin, explain);
  }

  #fromGround(ask: Ask, sky: Sky, place: Geodetic, explain: boolean): Candidate[] {
    const view = viewOf(ask, sky, place);
    const range_max_km = farthestAbove(view);
    const scores = scoresOf({ ask, ...sky, explaining: false });
    this.#nearest.run(view, scores, range_max_km);
    const { best } = this.#nearest;
    const surelyBest = best.size > 0 && best.scores[0] <= scores.at(nearestBelow(view));
    const ranked = surelyBest
      ? Array.from(
        best.found.subarray(0, best.size),
        (index) => describe({ index, path: [index], ask, sky }),
      )
      : this.#travel(ask, sky, accessNodes(view, range_max_km));
    const limit = explain ? 2 * CANDIDATES_MAX : CANDIDATES_MAX;
    return this.#explain(ranked, limit, { ask, sky, view, range_max_km });
  }

  #travel(ask: Ask, sky: Sky, access: Access[]): Candidate[] {
    const search = this.#searchOver(neighboursOf(sky.almanac.constellation));
    const scores = scoresOf({ ask, ...sky, explaining: false });
    // Nobody serves, however near: looking for one would be a walk over all links.
    if (scores.at(0) === Infinity) return [];
    search.run(sky.almanac, ask.at, scores, access);
    const { found, size } = search.best;
    return Array.from(
      found.subarray(0, size),
      (index) =>
        describe({ index, path: search.path(index), length: search.length(index), ask, sky }),
    );
  }

  /** Fills up with near nodes that would not serve: a person sees why they were not chosen. */
  #explain(
    ranked: Candidate[],
    limit: number,
    { ask, sky, view, range_max_km }: { ask: Ask; sky: Sky; view: ScanView; range_max_km: number },
  ): Candidate[] {
    if (ranked.length === limit) return ranked;
    this.#nearest.run(view, scoresOf({ ask, ...sky, explaining: true }), range_max_km);
    const { found, size } = this.#nearest.best;
    for (const index of found.subarray(0, size)) {
      if (ranked.length === limit) break;
      if (ranked.some((candidate) => candidate.index === index)) continue;
      const passedOver = describe({ index, path: [index], ask, sky });
      if (passedOver.refusal !== null) ranked.push(passedOver);
    }
    return ranked;
  }

  #searchOver(neighbours: Int32Array): OutwardSearch {
    if (!this.#outward || this.#neighbours !== neighbours) {
      this.#neighbours = neighbours;
      this.#outward = new OutwardSearch(neighbours, CANDIDATES_MAX);
    }
    return this.#outward;
  }
}

function viewOf(ask: Ask, { almanac, grid }: Sky, place: Geodetic): ScanView {
  const sin_mask = Math.sin(toRadians(ask.elevation_mask));
  return { almanac, grid, at: ask.at, site: siteOf(place), sin_mask };
}

/** Every node above the mask: any of them can take the ask up, whether it would think or not. */
function accessNodes(view: ScanView, range_max_km: number): Access[] {
  const access: Access[] = [];
  scan(view, range_max_km, (node, range_km) => access.push({ node, range_km }));
  return access;
}

// A place's zenith leans from the line to the Earth's centre by up to this (at 45 degrees).
const LEAN_RAD = 0.2 * RADIANS_PER_DEGREE;

/** The longest slant range at which a node can stand at the mask or higher. */
function farthestAbove({ site, sin_mask, almanac }: ScanView): number {
  return slantRange(site, Math.asin(sin_mask) - LEAN_RAD, almanac.radius_max_km);
}

/** The shortest slant range to a node below the mask: no way over links is shorter than this. */
function nearestBelow({ site, sin_mask, almanac }: ScanView): number {
  return slantRange(site, Math.asin(sin_mask) + LEAN_RAD, almanac.radius_min_km);
}

/** To a node at this radius, seen this high over the sphere through the site. */
function slantRange({ position }: Site, elevation: number, radius_km: number): number {
  const ground = Math.hypot(position.x, position.y, position.z);
  const cos = ground * Math.cos(elevation);
  if (radius_km <= ground) return 0;
  return Math.sqrt(radius_km * radius_km - cos * cos) - ground * Math.sin(elevation);
}
