/**
 * Distances over a ball, as the published row has them.
 * @module
 */
import { RADIANS_PER_DEGREE } from "../../mesh/units.ts";
import type { Station } from "./net.ts";

// The equatorial radius of WGS-72: what the published tool takes for the Earth's.
const RADIUS_KM = 6_378.135;

/** Between two stations, km: by the haversine, which is good for near ones too. */
export function greatCircle(a: Station, b: Station): number {
  const [lat, other] = [a.lat * RADIANS_PER_DEGREE, b.lat * RADIANS_PER_DEGREE];
  const half = Math.sin((other - lat) / 2) ** 2 +
    Math.cos(lat) * Math.cos(other) * Math.sin((b.lon - a.lon) * RADIANS_PER_DEGREE / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}
