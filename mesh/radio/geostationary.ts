/**
 * How near to the geostationary arc a node stands, seen from a place: networks that share its bands must
 * keep away from it. The whole arc counts, the part just below the horizon as well.
 * @module
 */
import type { Site } from "../geo/site.ts";
import { type Degrees, degrees, DEGREES_PER_RADIAN, RADIANS_PER_DEGREE } from "../units.ts";

/** Radius of the orbit whose period is a sidereal day, km. */
const RADIUS_KM = 42_164;
/**
 * The least angle is sought along the arc by parabolas through three points so far apart, from where the
 * direction meets the orbit's sphere: within 0.01 degrees for directions up to 40 degrees from the arc.
 */
const STEPS_RAD = [4, 1, 0.1].map((degrees) => degrees * RADIANS_PER_DEGREE);

/** The arc in the sky of one place. */
export class GeostationaryArc {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /**
   * How far from the arc a direction is.
   * @param x towards it, Earth-fixed, with `y` and `z` a unit vector
   */
  angle(x: number, y: number, z: number): Degrees {
    return degrees(Math.acos(Math.min(1, this.cosine(x, y, z))) * DEGREES_PER_RADIAN);
  }

  /** The cosine of angle(). */
  cosine(x: number, y: number, z: number): number {
    const { position: p } = this.#site;
    const along = p.x * x + p.y * y + p.z * z;
    const ground2 = p.x * p.x + p.y * p.y + p.z * p.z;
    const t = Math.sqrt(along * along + RADIUS_KM * RADIUS_KM - ground2) - along;
    let lon = Math.atan2(p.y + t * y, p.x + t * x);
    let best = this.#at(lon, x, y, z);
    for (const step of STEPS_RAD) {
      const before = this.#at(lon - step, x, y, z);
      const after = this.#at(lon + step, x, y, z);
      const bend = before - 2 * best + after;
      if (bend >= 0) break;
      const shift = step * (before - after) / (2 * bend);
      const there = this.#at(lon + shift, x, y, z);
      if (there <= best) continue;
      best = there;
      lon += shift;
    }
    return best;
  }

  /** The cosine of the angle to the arc's point at a longitude, rad. */
  #at(lon: number, x: number, y: number, z: number): number {
    const { position: p } = this.#site;
    const dx = RADIUS_KM * Math.cos(lon) - p.x;
    const dy = RADIUS_KM * Math.sin(lon) - p.y;
    const dz = -p.z;
    return (dx * x + dy * y + dz * z) / Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
}
