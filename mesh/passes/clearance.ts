/**
 * For how long a node surely stays below a place's mask: what lets the search pass over nearly all
 * nodes after one look at each, and misses none, whatever its orbit.
 *
 * A node r from the Earth's centre is above elevation e only within the central angle
 * acos(R cos e / r) - e of the place, R being the place's own distance from the centre. How far it
 * is outside that angle shrinks no faster than
 * - the node's angular speed at perigee, h / rp^2, plus the Earth's rotation; and, measured from the
 *   place to the plane of its orbit,
 * - the Earth's rotation plus the plane's own turning: an orbit's plane hardly moves.
 * Perigee, apogee and plane are those that the look itself tells (osculating elements); how far they
 * shift until the next look (J2, drag, lunar and solar pull) is what the slacks below are for.
 * @module
 */
import { EARTH_ROTATION_RAD_S } from "../orbit/frames.ts";
import type { Site } from "../placement/site.ts";
import type { Degrees } from "../units.ts";

const MU_KM3_S2 = 398600.8;
const RAD = Math.PI / 180;

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

export interface Clearance {
  /** Seconds during which the node cannot come above the mask; 0 or less: it may be up now. */
  clear_s: number;
  /** The fastest that its central angle from the place can change, rad/s. */
  rate_rad_s: number;
  /** It comes no nearer to the Earth's centre than this, km. */
  perigee_km: number;
}

/** @param out is overwritten and returned: one per search, not one per node */
export class ClearanceFinder {
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
    this.#mask_rad = (mask - ZENITH_LEAN_DEG) * RAD;
    this.#reach_km = radius_km * Math.cos(this.#mask_rad);
  }

  /** @param state Earth-fixed, km and km/s */
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
    const semilatus = h * h / MU_KM3_S2;
    const energy = 2 / r - (vx * vx + vy * vy + vz * vz) / MU_KM3_S2;
    const e = Math.min(1, Math.sqrt(Math.max(0, 1 - semilatus * energy)));
    const waver = WAVER + WAVER_ECCENTRIC * e;
    const perigee = semilatus / (1 + e) * (1 - waver);
    const apogee = semilatus / (1 - e) * (1 + waver);
    const angle = acos((x * this.#x + y * this.#y + z * this.#z) / r);
    const aside = Math.asin(Math.min(1, Math.abs(hx * this.#x + hy * this.#y + hz * this.#z) / h));
    const widest = acos(this.#reach_km / apogee) - this.#mask_rad;
    const rate = SPEED_SLACK * h / (perigee * perigee) + EARTH_ROTATION_RAD_S;
    this.out.clear_s = Math.max((angle - widest) / rate, (aside - widest) / TURN_RAD_S);
    this.out.rate_rad_s = rate;
    this.out.perigee_km = perigee;
    return this.out;
  }
}

const acos = (x: number): number => Math.acos(x > 1 ? 1 : x < -1 ? -1 : x);
