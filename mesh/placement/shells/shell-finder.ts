/**
 * The finder over the tables of generated shells: exact, without a grid, at any instant.
 *
 * Shells are walked from the lowest up; in each, nodes within reach of the place are looked at
 * (near.ts), and reach shrinks as better ones are found. Nothing is kept of a node.
 * @module
 */
import type { ShellAlmanac, ShellPositions } from "../../orbit/shell-almanac.ts";
import type { Best } from "../best.ts";
import type { Departure, Finder, View, Visit, Ways } from "../finder.ts";
import type { Scores } from "../scores.ts";
import { MaskRanges } from "../slant-range.ts";
import { eachAbove, fieldsOf } from "./each-above.ts";
import { rangeHolding } from "./range-holding.ts";
import { type Field, type Ground, groundOf, visitNear } from "./near.ts";
import { ShellReach } from "./shell-reach.ts";

// Among so many more than asked for; the mask and chance take some away.
const SPARE = 6;
// Where too few would serve, each further look reaches so many times as many.
const GROWTH = 3;

/** Finds nodes of a generated constellation. It holds scratch memory: one search at a time. */
export class ShellFinder implements Finder {
  looked = 0;
  readonly #almanac: ShellAlmanac;
  readonly #lowestFirst: readonly Field[];
  readonly #reach: ShellReach;

  constructor(almanac: ShellAlmanac) {
    this.#almanac = almanac;
    this.#lowestFirst = fieldsOf(almanac);
    this.#reach = new ShellReach(almanac, this.#lowestFirst);
  }

  /**
   * Fills `best` with the nodes above the mask that score best, as Finder says.
   * @param settle_km once no node nearer than this scores below what anything at that distance could,
   *   the search stops
   */
  above(view: View, scores: Scores, best: Best, settle_km = Infinity): void {
    const search = this.#searchOf(view);
    const { tolls } = view;
    const visit: Visit = (index, range, xyz) => {
      this.looked++;
      if (scores.at(range) > best.bar()) return;
      const way = tolls ? range + tolls.of(index, range, xyz, 0) : range;
      if (way < Infinity) best.add(index, scores.of(index, way, xyz, 0));
    };
    this.looked = 0;
    best.clear();
    let wanted = best.k + SPARE;
    let within = Math.min(this.#first(search, wanted), search.range_max_km);
    for (let over = -1;;) {
      this.#ring(search, over, within, visit, scores, best);
      if (within >= search.range_max_km || best.bar() <= scores.at(within)) return;
      if (scores.isMixed && within >= this.#wanted(search, scores, best)) return;
      const isSettled = best.size > 0 && best.scores[0] <= scores.at(settle_km);
      if (within >= settle_km && !isSettled) return;
      over = within;
      wanted *= GROWTH;
      within = Math.min(Math.max(1.05 * within, this.#first(search, wanted)), search.range_max_km);
    }
  }

  /**
   * Visits every node above the mask, in no order that means anything.
   * @param within_km the farthest slant range; default: any
   */
  each(view: View, visit: Visit, within_km = Infinity): void {
    eachAbove(this.#almanac, this.#lowestFirst, { view, visit, within_km });
  }

  /** Fills `best` with the nodes that score best by their shortest way over inter-satellite links. */
  reach(from: Departure, scores: Scores, best: Best): Ways {
    best.clear();
    const looked = isDeparture(from)
      ? this.#reach.fromNode(from, scores, best)
      : this.#reach.fromGround(groundOf(from), scores, best);
    this.looked = looked;
    return this.#reach;
  }

  #searchOf(view: View): Search {
    const ranges = new MaskRanges(view);
    return {
      positions: this.#almanac.at(view.at),
      ground: groundOf(view),
      ranges,
      range_max_km: ranges.farthestAbove(this.#almanac.radius_max_km),
    };
  }

  #first = ({ ground }: Search, wanted: number): number =>
    rangeHolding(this.#lowestFirst, ground, wanted);

  /** As far as a node could still be among the best. */
  #ring(
    { positions, ground, ranges }: Search,
    over_km: number,
    within_km: number,
    visit: Visit,
    scores: Scores,
    best: Best,
  ): void {
    for (let f = 0; f < this.#lowestFirst.length; f++) {
      const field = this.#lowestFirst[f];
      const { radius_floor_km, radius_ceiling_km, group } = field.placed;
      const longest_km = scores.longest(best.bar(), group);
      const farthest_km = longest_km < within_km ? longest_km : within_km;
      if (radius_floor_km - ground.radius_km > farthest_km) {
        // A higher shell may be of faster hardware.
        if (scores.isMixed) continue;
        return;
      }
      const above_km = ranges.farthestAbove(radius_ceiling_km);
      const reach_km = above_km < farthest_km ? above_km : farthest_km;
      if (reach_km <= over_km) continue;
      visitNear(field, positions, ground, over_km, reach_km, visit);
    }
  }

  /** The farthest that a node of any shell could be and still be among the best, km. */
  #wanted({ ground, ranges }: Search, scores: Scores, best: Best): number {
    let wanted_km = 0;
    for (const { placed: { radius_floor_km, radius_ceiling_km, group } } of this.#lowestFirst) {
      const longest_km = scores.longest(best.bar(), group);
      if (radius_floor_km - ground.radius_km > longest_km) continue;
      const farthest_km = Math.min(longest_km, ranges.farthestAbove(radius_ceiling_km));
      wanted_km = Math.max(wanted_km, farthest_km);
    }
    return wanted_km;
  }
}

interface Search {
  positions: ShellPositions;
  ground: Ground;
  ranges: MaskRanges;
  range_max_km: number;
}

const isDeparture = (from: Departure): from is Exclude<Departure, View> => "node" in from;
