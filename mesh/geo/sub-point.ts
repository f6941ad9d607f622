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

// Areas do not hold their upper edge, and nothing lies above a pole: it counts as 0.1 mm short of it.
const LAT_MAX = 90 - 1e-9;

/** Writes a place into `out` as [lon, lat], lon from -180 up to but not 180: one name per meridian. */
export function mapPoint({ lat, lon }: { lat: number; lon: number }, out: Float64Array): void {
  out[0] = lon >= 180 ? lon - 360 : lon;
  out[1] = Math.min(lat, LAT_MAX);
}

/**
 * The geodetic sub-point in the same form, without allocating. Not the geocentric one, which lies up
 * to 21 km off. Bowring 1976 in one step: within 1e-6 degrees (0.1 m) at any height.
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
