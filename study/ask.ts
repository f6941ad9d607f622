/**
 * One ask of a study: when, from where, and of which kind.
 * @module
 */
import type { Geodetic } from "../mesh/orbit/frames.ts";
import type { NodeOrigin } from "../mesh/placement/ask.ts";
import type { EpochMs } from "../mesh/units.ts";

/** One ask of a study. Asks come in the order of `at`. */
export interface StudyAsk {
  /** When it sets out, mesh clock. */
  at: EpochMs;
  /** A place on the ground, or the node that holds its data. */
  origin: Geodetic | NodeOrigin;
  /** Of what kind it is: an index into the run's `kinds`. */
  kind: number;
}
