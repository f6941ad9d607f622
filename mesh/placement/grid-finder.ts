/**
 * The finder over knots and a grid: for constellations whose nodes fly each by its own elements.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import type { Constellation } from "../orbit/constellation.ts";
import type { Best } from "./best.ts";
import type { Departure, Finder, View, Visit, Ways } from "./finder.ts";
import type { Grid } from "./grid.ts";
import { neighboursOf } from "./isl/neighbours.ts";
import { OutwardSearch } from "./isl/outward.ts";
import type { Access } from "./isl/shortest-paths.ts";
import { nearest } from "./nearest.ts";
import { scan } from "./scan.ts";
import type { Scores } from "./scores.ts";
import { MaskRanges } from "./slant-range.ts";

/** Finds nodes by one grid, in the window of one almanac. */
export class GridFinder implements Finder {
  looked = 0;
  readonly almanac: Almanac;
  readonly grid: Grid;

  constructor(almanac: Almanac, grid: Grid) {
    this.almanac = almanac;
    this.grid = grid;
  }

  /**
   * Fills `best` with the nodes above the mask that score best, as Finder says. The search always goes to its end.
   */
  above(view: View, scores: Scores, best: Best): void {
    const range_max_km = new MaskRanges(view).farthestAbove(this.almanac.radius_max_km);
    this.looked = nearest({ ...this, ...view }, { scores, best, range_max_km });
  }

  /**
   * Visits every node above the mask, in no order that means anything.
   * @param within_km the farthest slant range; default: any
   */
  each(view: View, visit: Visit, within_km = Infinity): void {
    const farthest_km = new MaskRanges(view).farthestAbove(this.almanac.radius_max_km);
    scan({ ...this, ...view }, Math.min(within_km, farthest_km), visit);
  }

  /** Fills `best` with the nodes that score best by their shortest way over inter-satellite links. */
  reach(from: Departure, scores: Scores, best: Best): Ways {
    const search = outwardOf(this.almanac.constellation);
    const access: Access[] = [];
    const { at, tolls } = from;
    // Any node in view can take the ask up, whether it would think or not.
    if ("node" in from) access.push({ node: from.node, range_km: 0 });
    else {
      this.each(from, (node, range, xyz) => {
        const range_km = tolls ? range + tolls.of(node, range, xyz, 0) : range;
        if (range_km < Infinity) access.push({ node, range_km });
      });
    }
    search.run({ almanac: this.almanac, at, scores, access, best, tolls });
    this.looked = search.looked;
    return search;
  }
}

const made = new WeakMap<Constellation, OutwardSearch>();

/** Scratch memory for one search at a time: some 100 bytes a node, from the first ask that travels. */
function outwardOf(constellation: Constellation): OutwardSearch {
  let search = made.get(constellation);
  if (!search) made.set(constellation, search = new OutwardSearch(neighboursOf(constellation)));
  return search;
}
