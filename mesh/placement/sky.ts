/**
 * Everything a placement reads: where nodes are and which are near, what is known of them, and the
 * physics between.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import type { Finder } from "./finder.ts";
import type { Hints } from "./hints.ts";
import type { Physics } from "./timing.ts";

/** What one placement reads; held by an isolate from request to request. */
export interface Sky {
  almanac: Almanac;
  finder: Finder;
  hints: Hints;
  physics: Physics;
}
