/**
 * How long light takes in fibre between two places on the ground. Modelled: a great circle, stretched
 * by one factor; nothing is known here of where cables lie, or of what waits in routers.
 * @module
 */
import { MEAN_RADIUS_KM } from "../orbit/earth.ts";
import { LIGHT_KM_S } from "../placement/links.ts";
import { type Km, km, RADIANS_PER_DEGREE, type Seconds, seconds } from "../units.ts";
import type { GroundPoint } from "./ground-point.ts";

/**
 * How fast light goes in fibre: the vacuum's over the group index of standard single-mode fibre
 * (ITU-T G.652) near 1550 nm, 1.468.
 */
export const FIBRE_KM_S = LIGHT_KM_S / 1.468;

/**
 * What measured Internet latency is over that of a great circle in fibre: the rule of thumb 2.1 of
 * Bozkurt et al., Dissecting Latency in the Internet's Fiber Infrastructure, arXiv 1811.10737. The
 * shortest ways through the conduits that lie in the United States would make it 1.3.
 */
export const FIBRE_STRETCH = 2.1;

/**
 * The great circle between two places, on a sphere of the mean radius: within 0.6 % of the ellipsoid's
 * geodesic, which the stretch drowns.
 */
export function greatCircle(a: GroundPoint, b: GroundPoint): Km {
  const lat_a = a.lat * RADIANS_PER_DEGREE;
  const lat_b = b.lat * RADIANS_PER_DEGREE;
  const half_lat = Math.sin((lat_b - lat_a) / 2);
  const half_lon = Math.sin((b.lon - a.lon) * RADIANS_PER_DEGREE / 2);
  // Haversines keep their digits where the places are near each other.
  const h = half_lat * half_lat + Math.cos(lat_a) * Math.cos(lat_b) * half_lon * half_lon;
  return km(2 * MEAN_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h))));
}

/**
 * How long light takes over a great circle's length of fibre, once.
 * @param length of the great circle
 * @param stretch how many times as long the way is, all told; default: FIBRE_STRETCH
 */
export const fibreTime = (length: Km, stretch = FIBRE_STRETCH): Seconds =>
  seconds(length * stretch / FIBRE_KM_S);
