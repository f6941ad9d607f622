/**
 * The point on the map straight below a node, in the form in which areas are asked about.
 * @module
 */
import { type Ecef, geodeticToEcef } from "../orbit/frames.ts";
import { degrees, km } from "../units.ts";

// The axes of WGS-84, from the one place that states the ellipsoid.
const A = geodeticToEcef({ lat: degrees(0), lon: degrees(0), alt: km(0) }).x;
const B = geodeticToEcef({ lat: degrees(90), lon: degrees(0), alt: km(0) }).z;
const E2 = (A * A - B * B) / (A * A);
const EP2 = (A * A - B * B) / (B * B);
const DEGREES = 180 / Math.PI;

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
  const lon = Math.atan2(y, x) * DEGREES;
  out[0] = lon >= 180 ? lon - 360 : lon;
  out[1] = Math.min(lat * DEGREES, LAT_MAX);
}
