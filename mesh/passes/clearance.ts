/**
 * For how long a node surely stays below a place's mask: what lets the search pass over nearly all
 * nodes after one look at each, and misses none, whatever its orbit.
 *
 * A node r from the Earth's centre is above elevation e only within the central angle
 * acos(R cos e / r) - e of the place, R being the place's own distance from the centre. Three angles
 * are never less than that while it is up, and how fast each of them shrinks has a bound:
 * - the central angle itself: the node's angular speed at perigee, h / rp^2, plus the Earth's rotation;
 * - the place's angle to the plane of the orbit: the Earth's rotation, plus the plane's own turning;
 * - the angle, within that plane, that the node must still fly to be abreast of the place: again its
 *   own speed, plus that of the place's foot in the plane. A node that has passed the place has nearly
 *   a whole turn before it.
 * The longest of the three times counts. Perigee, apogee and plane are those that the look itself tells
 * (osculating elements); how far they shift until the next look (J2, drag, lunar and solar pull) is
 * what the slacks below are for.
 * @module
 */
import { EARTH_ROTATION_RAD_S, WGS72_MU_KM3_S2 } from "../orbit/earth.ts";
import type { Site } from "../geo/site.ts";
import { type Degrees, RADIANS_PER_DEGREE, TURN } from "../units.ts";

// The ellipsoid's zenith leans from the radius by up to 0.193 degrees.
export const ZENITH_LEAN_DEG = 0.2;
// Perigee and apogee as a look tells them waver within an orbit: by 25 km in low orbits (J2), by 1 %
// of the axis in the most eccentric ones. Tried in the tests over random orbits of all kinds.
const WAVER = 0.005;
const WAVER_ECCENTRIC = 0.02;
// h / rp^2 wavers by twice that of rp.
const SPEED_SLACK = 1.02;
// J2 turns a low plane by at most 3.5e-6 rad/s, 5 % of the Earth's rotation.
const TURN_RAD_S = 1.1 * EARTH_ROTATION_RAD_S;
// The foot of a place in a plane 60 degrees aside, and turning itself. That many seconds turn 45 degrees into 60.
const FOOT_RAD_S = 2 * TURN_RAD_S;
const FOOT_ASIDE_RAD = 45 * RADIANS_PER_DEGREE;
const FOOT_S_MAX = 3_000;

/** What is certain of a node that is not up. */
export interface Clearance {
  /** Seconds during which the node cannot come above the mask; 0 or less: it may be up now. */
  clear_s: number;
  /** The fastest that its central angle from the place can change, rad/s. */
  rate_rad_s: number;
  /** It comes no nearer to the Earth's centre than this, km. */
  perigee_km: number;
}

/** Bounds how soon a node can come up over one place, from its state at one instant. */
export class ClearanceFinder {
  /** What of() returns, overwritten by each call: a search makes one object, not one for each node. */
  readonly out: Clearance = { clear_s: 0, rate_rad_s: 0, perigee_km: 0 };
  readonly #x: number;
  readonly #y: number;
  readonly #z: number;
  readonly #mask_rad: number;
  /** R cos e. */
  readonly #reach_km: number;

  constructor({ position: { x, y, z } }: Site, mask: Degrees) {
    const radius_km = Math.hypot(x, y, z);
    this.#x = x / radius_km;
    this.#y = y / radius_km;
    this.#z = z / radius_km;
    this.#mask_rad = (mask - ZENITH_LEAN_DEG) * RADIANS_PER_DEGREE;
    this.#reach_km = radius_km * Math.cos(this.#mask_rad);
  }

  /**
   * Bounds when the node can next come up.
   * @param state its Earth-fixed position and velocity, km and km/s
   */
  of(state: Float64Array): Clearance {
    const [x, y, z, vz] = [state[0], state[1], state[2], state[5]];
    // As an observer who does not turn would have it, in today's axes.
    const vx = state[3] - EARTH_ROTATION_RAD_S * y;
    const vy = state[4] + EARTH_ROTATION_RAD_S * x;
    const hx = y * vz - z * vy;
    const hy = z * vx - x * vz;
    const hz = x * vy - y * vx;
    const h = Math.sqrt(hx * hx + hy * hy + hz * hz);
    const r = Math.sqrt(x * x + y * y + z * z);
    const semilatus = h * h / WGS72_MU_KM3_S2;
    const energy = 2 / r - (vx * vx + vy * vy + vz * vz) / WGS72_MU_KM3_S2;
    const e = Math.min(1, Math.sqrt(Math.max(0, 1 - semilatus * energy)));
    const waver = WAVER + WAVER_ECCENTRIC * e;
    const perigee = semilatus / (1 + e) * (1 - waver);
    const apogee = semilatus / (1 - e) * (1 + waver);
    const cosine = (x * this.#x + y * this.#y + z * this.#z) / r;
    const aside = Math.asin(Math.min(1, Math.abs(hx * this.#x + hy * this.#y + hz * this.#z) / h));
    const widest = acos(this.#reach_km / apogee) - this.#mask_rad;
    const rate = SPEED_SLACK * h / (perigee * perigee);
    let clear = Math.max(
      (acos(cosine) - widest) / (rate + EARTH_ROTATION_RAD_S),
      (aside - widest) / TURN_RAD_S,
    );
    if (aside < FOOT_ASIDE_RAD && clear > 0) {
      // h x r points where the node flies.
      const sine = ((hy * z - hz * y) * this.#x + (hz * x - hx * z) * this.#y +
        (hx * y - hy * x) * this.#z) / (h * r);
      const ahead = Math.atan2(sine, cosine);
      const slowest = h / (SPEED_SLACK * apogee * apogee);
      clear = Math.max(clear, Math.min(FOOT_S_MAX, abreast({ ahead, widest, rate, slowest })));
    }
    this.out.clear_s = clear;
    this.out.rate_rad_s = rate + EARTH_ROTATION_RAD_S;
    this.out.perigee_km = perigee;
    return this.out;
  }
}

const acos = (x: number): number => Math.acos(x > 1 ? 1 : x < -1 ? -1 : x);

/** Seconds until the node is abreast of the place, to within `widest`, or the place catches it up. */
function abreast(
  { ahead, widest, rate, slowest }: {
    /** From the node to the foot of the place, -pi..pi, positive in the direction of flight. */
    ahead: number;
    widest: number;
    /** Bounds of the node's angular speed, rad/s. */
    rate: number;
    slowest: number;
  },
): number {
  const forward = ahead < 0 ? ahead + TURN : ahead;
  const backward = TURN - forward;
  const reaches = (forward - widest) / (rate + FOOT_RAD_S);
  if (slowest > FOOT_RAD_S) return backward > widest ? reaches : 0;
  return Math.min(reaches, (backward - widest) / FOOT_RAD_S);
}
