/**
 * Places about a city's middle.
 * @module
 */
import { MEAN_RADIUS_KM } from "../../mesh/orbit/earth.ts";
import { DEGREES_PER_RADIAN, RADIANS_PER_DEGREE } from "../../mesh/units.ts";
import type { Random } from "./random.ts";

/**
 * Draws a place, evenly over a disc.
 * @param lat of the middle, degrees
 * @param radius_km of the disc
 * @returns how far it lies from the middle, degrees of latitude and of longitude
 */
export function drawnAround(
  lat: number,
  radius_km: number,
  random: Random,
): { north: number; east: number } {
  const away = radius_km * Math.sqrt(random()) / MEAN_RADIUS_KM * DEGREES_PER_RADIAN;
  const bearing = 2 * Math.PI * random();
  return {
    north: away * Math.cos(bearing),
    east: away * Math.sin(bearing) / Math.cos(lat * RADIANS_PER_DEGREE),
  };
}
