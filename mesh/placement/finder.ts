/**
 * What placement asks of a sky: which nodes above a place would answer first, and which over links.
 * Two answer it, with the same choice: over knots and a grid (grid-finder.ts), over the tables of
 * generated shells (shells/shell-finder.ts).
 * @module
 */
import type { EpochMs } from "../units.ts";
import type { Site } from "../geo/site.ts";
import type { NodeOrigin } from "./ask.ts";
import type { Best } from "./best.ts";
import type { Scores } from "./scores.ts";

/** From where, when and how high over the horizon a search looks. */
export interface View {
  at: EpochMs;
  site: Site;
  /** Sine of the elevation mask. */
  sin_mask: number;
  /** What the radio adds to ways; missing: nothing, and every node above the mask takes asks up. */
  tolls?: Tolls;
}

/**
 * What the radio adds to the length of ways, so that they are compared by time and not by length alone:
 * the distance that light would cover in the time that it takes.
 */
export interface Tolls {
  /** Of each link between nodes, km. */
  readonly hop_km: number;
  /**
   * Of a node that takes asks up from the ground, km, 0 or more; Infinity where it does not.
   * @param xyz holds its Earth-fixed position, km, from `offset` on
   */
  of(index: number, range_km: number, xyz: Float64Array, offset: number): number;
}

/** Where an ask sets out: a place on the ground, or the node that holds its data. */
export type Departure = View | (NodeOrigin & { at: EpochMs; tolls?: Tolls });

/** `xyz` is Earth-fixed, km, and holds only during the call. */
export type Visit = (index: number, range_km: number, xyz: Float64Array) => void;

/** The ways that a search found, until the next one. */
export interface Ways {
  /** Indices from the node that takes the ask up to this one, both included. */
  path(index: number): number[];
  /**
   * Of the whole way, the ground's part and all tolls included, km; undefined: straight from the ground.
   */
  length(index: number): number | undefined;
}

/** Finds nodes for one ask at a time. Answers are exact: a scan of all nodes would choose the same. */
export interface Finder {
  /** How many nodes the last search scored. */
  readonly looked: number;
  /**
   * Fills `best` with the nodes above the mask that score best.
   * @param settle_km once no node nearer than this scores below what anything at that distance could,
   *   the search may stop: `best` then holds what was found, and its first is not below that score.
   *   Default: the search goes to its end
   */
  above(view: View, scores: Scores, best: Best, settle_km?: number): void;
  /**
   * Visits every node above the mask, in no order that means anything.
   * @param within_km the farthest slant range; default: any
   */
  each(view: View, visit: Visit, within_km?: number): void;
  /** Fills `best` with the nodes that score best by their shortest way over inter-satellite links. */
  reach(from: Departure, scores: Scores, best: Best): Ways;
}
