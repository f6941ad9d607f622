/**
 * A pass: one node's stay above the mask.
 * @module
 */
import type { Degrees, EpochMs } from "../units.ts";
import type { Moment } from "./track.ts";

/** One node's stay above the mask of one place. */
export interface Pass {
  /** The node's, in the constellation. */
  index: number;
  /** Milliseconds since 1970, to 0.1 ms; null where it had been up for more than a day. */
  rise: EpochMs | null;
  /** Null where it stays up for more than a day. */
  set: EpochMs | null;
  culmination: {
    at: EpochMs;
    elevation: Degrees;
    /** Clockwise from north, 0..360. */
    azimuth: Degrees;
  };
  /** From before the rise until after the set. */
  track: readonly Moment[];
  /** The node is never nearer than this during the pass: a bound, some 20 km short of the truth. */
  range_floor_km: number;
}

/** The rise in ms since 1970; -Infinity for a node that has been up for more than a day. */
export const riseOf = ({ rise }: Pass): number => rise ?? -Infinity;
/** The set in ms since 1970; Infinity for a node that stays up for more than a day. */
export const setOf = ({ set }: Pass): number => set ?? Infinity;
