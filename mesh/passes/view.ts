/**
 * One node as one place sees it, from its Earth-fixed state.
 * Allocates nothing: each look overwrites the one before.
 * @module
 */
import { type LookAngles, lookAngles, type Site } from "../geo/site.ts";
import { type Degrees, toRadians } from "../units.ts";

/** How high, how far and how fast a node stands over a place: read after look(). */
export class PassView {
  /** sin(elevation) - sin(mask): not negative where the node is up. */
  height = 0;
  /** The derivative of `height`, 1/s. */
  climb = 0;
  range_km = 0;
  /** The derivative of `range_km`, km/s. */
  recede = 0;
  readonly site: Site;
  readonly #sin_mask: number;

  constructor({ site, mask }: { site: Site; mask: Degrees }) {
    this.site = site;
    this.#sin_mask = Math.sin(toRadians(mask));
  }

  /**
   * Looks at a node: overwrites the figures of the one before.
   * @param state its Earth-fixed position and velocity, km and km/s
   */
  look(state: Float64Array): void {
    const { position, up } = this.site;
    const dx = state[0] - position.x;
    const dy = state[1] - position.y;
    const dz = state[2] - position.z;
    const [vx, vy, vz] = [state[3], state[4], state[5]];
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const sine = (dx * up.x + dy * up.y + dz * up.z) / range;
    this.range_km = range;
    this.recede = (dx * vx + dy * vy + dz * vz) / range;
    this.height = sine - this.#sin_mask;
    this.climb = (vx * up.x + vy * up.y + vz * up.z - sine * this.recede) / range;
  }

  angles(state: Float64Array): LookAngles {
    return lookAngles(this.site, { x: state[0], y: state[1], z: state[2] });
  }
}
