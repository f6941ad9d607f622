/**
 * A point of the network on the ground.
 * @module
 */
import type { Degrees } from "../units.ts";

/** A place at the height of the WGS-84 ellipsoid: `lat` -90..90, `lon` -180..180. */
export interface GroundPoint {
  readonly lat: Degrees;
  readonly lon: Degrees;
}
