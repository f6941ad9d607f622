/**
 * An engine between two asks, as plain JSON: numbers come back to the last bit.
 * @module
 */
import type { Digest } from "../../mesh/node/digest.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { SavedDigest } from "./outcome-digest.ts";
import type { SavedNode } from "./study-node.ts";

/** Of the form below. */
export const CHECKPOINT_VERSION = 1;

/** All of an engine that its run does not say. */
export interface Checkpoint {
  v: number;
  /** How many asks it had taken. */
  asks: number;
  now: EpochMs;
  /** When it last forgot hints, ms since 1970. */
  forgot: number;
  /** How many edges of faults lay behind. */
  edge: number;
  digest: SavedDigest;
  /** In the order in which they were heard. */
  hints: readonly [number, Digest][];
  nodes: readonly SavedNode[];
}
