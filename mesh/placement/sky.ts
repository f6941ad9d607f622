/**
 * Everything a placement reads: where nodes are, what is known of them, and the physics between.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import type { Grid } from "./grid.ts";
import type { Hints } from "./hints.ts";
import type { Physics } from "./timing.ts";

/** What one placement reads; held by an isolate from request to request. */
export interface Sky {
  almanac: Almanac;
  grid: Grid;
  hints: Hints;
  physics: Physics;
}
