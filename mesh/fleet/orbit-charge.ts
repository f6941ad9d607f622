/**
 * The charge of an untouched node, from where it stands in its orbit: a cycle of light and shadow on
 * a circular orbit about a round Earth, solved without walking it. For views of the whole fleet,
 * where a node may cost a fraction of a microsecond; a node's own account is mesh/node/state.ts, and
 * differs from this by what tests/unit/mesh/fleet/fleet_test.ts bounds.
 *
 * With beta the Sun's angle over the orbital plane, a node at radius r is in shadow while its phase
 * from the point opposite the Sun is within D: cos D = sqrt(r^2 - R^2) / (r cos beta)
 * (Vallado, Fundamentals of Astrodynamics, 4th ed., 5.3).
 * @module
 */
import { EARTH_ROTATION_RAD_S, MEAN_RADIUS_KM } from "../orbit/earth.ts";
import type { Ecef } from "../orbit/frames.ts";
import { chargeBattery } from "../node/energy.ts";
import { type HardwareProfile, npuDraw } from "../node/profile.ts";
import { joules, seconds, TURN, watts } from "../units.ts";

/** How an idle node's battery drains and charges. */
export interface IdleRates {
  /** In shadow, W. */
  drain: number;
  /** In light, W. */
  gain: number;
  /** Full, J. */
  battery: number;
}

/** The rates of an idle node with this hardware. */
export function idleRates(profile: HardwareProfile): IdleRates {
  const load = watts(profile.housekeeping + npuDraw(0, profile));
  // One second from half full: far from both bounds.
  const half = joules(profile.battery / 2);
  const after = chargeBattery(half, { lasts: seconds(1e-3), sunlit: true, load }, profile).battery;
  return { drain: load, gain: (after - half) * 1e3, battery: profile.battery };
}

/**
 * The charge of an untouched node.
 * @param node its position, Earth-fixed, km
 * @param velocity its velocity, Earth-fixed, km/s
 * @param sun the direction of the Sun, Earth-fixed, a unit vector
 * @returns joules
 */
export function orbitCharge(
  node: Ecef,
  velocity: Ecef,
  sun: Ecef,
  { drain, gain, battery }: IdleRates,
): number {
  // Against the stars: the Earth-fixed frame turns.
  const vx = velocity.x - EARTH_ROTATION_RAD_S * node.y;
  const vy = velocity.y + EARTH_ROTATION_RAD_S * node.x;
  const nx = node.y * velocity.z - node.z * vy;
  const ny = node.z * vx - node.x * velocity.z;
  const nz = node.x * vy - node.y * vx;
  const momentum = Math.sqrt(nx * nx + ny * ny + nz * nz);
  const r2 = node.x * node.x + node.y * node.y + node.z * node.z;
  const motion = momentum / r2;
  const sinBeta = (nx * sun.x + ny * sun.y + nz * sun.z) / momentum;
  const cosBeta = Math.sqrt(Math.max(0, 1 - sinBeta * sinBeta));
  const cosD = Math.sqrt(Math.max(0, r2 - MEAN_RADIUS_KM * MEAN_RADIUS_KM)) /
    (Math.sqrt(r2) * cosBeta);
  if (!(cosD < 1)) return gain > 0 ? battery : 0;
  const half = Math.acos(cosD);
  // Phase from the anti-solar point: along = r . -s, across = (n x -s) . r = -s . (r x n) / |n|.
  const along = -(node.x * sun.x + node.y * sun.y + node.z * sun.z);
  const rnx = node.y * nz - node.z * ny;
  const rny = node.z * nx - node.x * nz;
  const rnz = node.x * ny - node.y * nx;
  const across = -(rnx * sun.x + rny * sun.y + rnz * sun.z) / momentum;
  const phase = Math.atan2(across, along);
  const shadow = 2 * half / motion;
  const light = TURN / motion - shadow;
  const full = gain * light >= Math.min(drain * shadow, battery);
  // At sunset: full, or what one light gives where that does not make up for one shadow.
  const sunset = full ? battery : Math.min(battery, Math.max(0, gain * light));
  if (Math.abs(phase) < half) {
    return Math.max(0, sunset - drain * (phase + half) / motion);
  }
  const sunrise = Math.max(0, sunset - drain * shadow);
  const since = ((phase - half + TURN) % TURN) / motion;
  return Math.min(battery, Math.max(0, sunrise + gain * since));
}
