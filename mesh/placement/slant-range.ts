/**
 * How far off a node can stand at the elevation mask: bounds by the radii between which nodes fly.
 * @module
 */
import { RADIANS_PER_DEGREE } from "../units.ts";
import type { View } from "./finder.ts";

// A place's zenith leans from the line to the Earth's centre by up to this (at 45 degrees).
const LEAN_RAD = 0.2 * RADIANS_PER_DEGREE;
const COS_LEAN = Math.cos(LEAN_RAD);
const SIN_LEAN = Math.sin(LEAN_RAD);

/** Slant ranges at the mask of one view. */
export class MaskRanges {
  readonly #ground2: number;
  /** At the lean below the mask, and above it: the line's part towards the Earth's centre, km. */
  readonly #low: number;
  readonly #high: number;

  constructor({ site: { position: { x, y, z } }, sin_mask }: View) {
    const ground_km = Math.sqrt(x * x + y * y + z * z);
    const cos_mask = Math.sqrt(1 - sin_mask * sin_mask);
    this.#ground2 = ground_km * ground_km;
    this.#low = ground_km * (sin_mask * COS_LEAN - cos_mask * SIN_LEAN);
    this.#high = ground_km * (sin_mask * COS_LEAN + cos_mask * SIN_LEAN);
  }

  /**
   * How far off a node can stand at the mask or higher.
   * @param radius_max_km no node is farther from the Earth's centre
   * @returns the longest slant range, km
   */
  farthestAbove(radius_max_km: number): number {
    return this.#slantRange(this.#low, radius_max_km);
  }

  /**
   * How near a node below the mask can be.
   * @param radius_min_km no node is nearer to the Earth's centre
   * @returns the shortest slant range, km
   */
  nearestBelow(radius_min_km: number): number {
    return this.#slantRange(this.#high, radius_min_km);
  }

  /** To a node at this radius, seen over the sphere through the place. */
  #slantRange(up_km: number, radius_km: number): number {
    const rise2 = radius_km * radius_km - this.#ground2;
    return rise2 <= 0 ? 0 : Math.sqrt(rise2 + up_km * up_km) - up_km;
  }
}
