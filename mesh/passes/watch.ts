/**
 * What is watched: the sky above one place, down to a mask, from one instant to another.
 * @module
 */
import type { Knot } from "../orbit/knot.ts";
import type { Flight } from "./flight.ts";
import type { Site } from "../geo/site.ts";
import type { Degrees, EpochMs } from "../units.ts";

/** Whose passes over which place, and when. */
export interface Watch {
  flight: Flight;
  /** Indices of the only nodes that count; default: all. */
  nodes?: readonly number[];
  site: Site;
  mask: Degrees;
  from: EpochMs;
  until: EpochMs;
  /** A knot of that constellation, not after `from`, where one is at hand: spares most of the SGP4. */
  knot?: Knot;
}

/**
 * Work between two yields, in SGP4 states: some 2 ms, of which another request may have to wait for
 * several. A turn of the event loop takes workerd 1.1 ms, idle: much finer would double the answer's time.
 */
export const SLICE_LOOKS = 1_024;
