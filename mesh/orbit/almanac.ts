/**
 * The almanac: every node's place at any instant of a window. Over knots it is interpolated in time
 * between two of them (knot-almanac.ts); over generated shells it is read from one curve a shell
 * (shell-almanac.ts), and the window has no end.
 * Not its job: which nodes are near a place (mesh/placement).
 * @module
 */
import type { EpochMs } from "../units.ts";
import type { Constellation } from "./constellation.ts";
import type { Ecef } from "./frames.ts";

/** Where the nodes of one constellation are, for a while. */
export interface Almanac {
  readonly constellation: Constellation;
  /** No node comes nearer to the Earth's centre than this in the window. */
  readonly radius_min_km: number;
  /** No node goes farther from the Earth's centre than this in the window. */
  readonly radius_max_km: number;
  /** Whether an instant lies in the window; both of its ends do. */
  covers(at: EpochMs): boolean;
  /**
   * The places of all nodes at an instant of the window. Nothing is computed until it is asked for.
   * @throws RangeError for an instant that the window does not cover: a bug of the caller
   */
  at(instant: EpochMs): Positions;
  /**
   * Whether a node has places in the window.
   * @param index the node's in the constellation
   * @returns false if it has no orbit left in it, or only in a part of it
   */
  flies(index: number): boolean;
}

/** Where the nodes are at one instant: Earth-fixed. Garbage for a node that does not fly. */
export interface Positions {
  readonly at: EpochMs;
  /**
   * Writes where one node is.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km
   * @param offset where in `out` x goes; 0 by default
   */
  position(index: number, out: Float64Array, offset?: number): void;
  /**
   * Km/s of one node, the Earth's turn taken off.
   * @param index the node's in the constellation
   */
  velocity(index: number): Ecef;
}
