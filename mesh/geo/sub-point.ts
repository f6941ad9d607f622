/**
 * The point on the map straight below a node, in the form in which areas are asked about.
 * @module
 */
import {
  WGS84_E2 as E2,
  WGS84_EQUATORIAL_RADIUS_KM as A,
  WGS84_POLAR_RADIUS_KM as B,
} from "../orbit/earth.ts";
import type { Ecef } from "../orbit/frames.ts";
import { DEGREES_PER_RADIAN } from "../units.ts";

/** The square of the second eccentricity. */
const EP2 = E2 / (1 - E2);

// Areas do not hold their upper edge, and no area lies above a pole: a pole counts as 0.1 mm lower.
const LAT_MAX = 90 - 1e-9;

/**
 * Writes a place in the form that Area.holds() takes: each meridian has one longitude, and a pole
 * counts as 0.1 mm short of it.
 * @param out receives [lon, lat] in degrees, with -180 <= lon < 180
 */
export function mapPoint(
  { lat, lon }: {
    /** Degrees north. */
    lat: number;
    /** Degrees east, -180..180. */
    lon: number;
  },
  out: Float64Array,
): void {
  out[0] = lon >= 180 ? lon - 360 : lon;
  out[1] = Math.min(lat, LAT_MAX);
}

/**
 * Writes the geodetic point below a node in mapPoint()'s form, without allocating. The geocentric
 * point lies up to 21 km off. One step of Bowring's method (Survey Review 23, 1976): within 1e-6
 * degrees (0.1 m) at any height.
 * @param out receives [lon, lat] in degrees, with -180 <= lon < 180
 */
export function subPoint({ x, y, z }: Ecef, out: Float64Array): void {
  const p = Math.sqrt(x * x + y * y);
  const r = Math.sqrt(A * A * z * z + B * B * p * p);
  const sin = A * z / r;
  const cos = B * p / r;
  const lat = Math.atan2(z + EP2 * B * sin * sin * sin, p - E2 * A * cos * cos * cos);
  const lon = Math.atan2(y, x) * DEGREES_PER_RADIAN;
  out[0] = lon >= 180 ? lon - 360 : lon;
  out[1] = Math.min(lat * DEGREES_PER_RADIAN, LAT_MAX);
}
