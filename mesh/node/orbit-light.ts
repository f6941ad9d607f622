/**
 * Where a node stands in its circle of light and shadow, from its place and velocity alone: a circular
 * orbit about the ellipsoid of mesh/orbit/eclipse.ts, solved without walking it. For looks at many
 * nodes, where one may cost a fraction of a microsecond.
 *
 * Stretched along the Earth's axis the ellipsoid is a sphere of radius R and the circle an ellipse,
 * P(u) = M cos u + T sin u with u = 0 at midnight. With S the stretched Sun's direction the node is in
 * shadow, on the night side, while P.P - (P.S)^2 < R^2; over cos^2 u that is a quadratic in tan u.
 * @module
 */
import { POLAR_STRETCH, SHADOW_RADIUS_KM } from "../orbit/eclipse.ts";
import { EARTH_ROTATION_RAD_S, WGS72_MU_KM3_S2 } from "../orbit/earth.ts";
import type { Ecef } from "../orbit/frames.ts";
import { TURN } from "../units.ts";

/** The circle that a node flies just now, and how it lies in the Earth's shadow. */
export interface OrbitLight {
  /** rad/s against the stars. */
  motion: number;
  /** Radians from midnight, the way that the node flies: -pi..pi. */
  phase: number;
  /** From the Earth's centre. */
  radius_km: number;
  /** Of the ellipse that place and velocity make: above 0 even for a mean circle, by J2. */
  eccentricity: number;
  /** km2, as b and c: P.P - (P.S)^2 = a cos^2 u + 2 b sin u cos u + c sin^2 u. */
  a: number;
  /** km2. */
  b: number;
  /** km2. */
  c: number;
}

/**
 * Takes a node's circle from one place and velocity. The eccentricity follows from the orbit's
 * momentum h and its energy (vis-viva): e^2 = 1 - p (2 / r - v^2 / mu), p = h^2 / mu. Where the
 * Sun stands over the orbit there is no midnight, and phases count from the node.
 * @param node Earth-fixed km
 * @param velocity Earth-fixed km/s, the Earth's turn not yet added (Almanac.velocity())
 * @param sun Earth-fixed unit vector
 */
export function orbitLight(node: Ecef, velocity: Ecef, sun: Ecef): OrbitLight {
  // Against the stars: the Earth-fixed frame turns.
  const vx = velocity.x - EARTH_ROTATION_RAD_S * node.y;
  const vy = velocity.y + EARTH_ROTATION_RAD_S * node.x;
  const vz = velocity.z;
  let nx = node.y * vz - node.z * vy;
  let ny = node.z * vx - node.x * vz;
  let nz = node.x * vy - node.y * vx;
  const momentum = Math.sqrt(nx * nx + ny * ny + nz * nz);
  nx /= momentum;
  ny /= momentum;
  nz /= momentum;
  const r2 = node.x * node.x + node.y * node.y + node.z * node.z;
  const r = Math.sqrt(r2);
  const p = momentum * momentum / WGS72_MU_KM3_S2;
  const eccentricity2 = 1 - p * (2 / r - (vx * vx + vy * vy + vz * vz) / WGS72_MU_KM3_S2);
  // Midnight is where the orbit's plane comes nearest to the point opposite the Sun.
  const sinBeta = nx * sun.x + ny * sun.y + nz * sun.z;
  let mx = sinBeta * nx - sun.x;
  let my = sinBeta * ny - sun.y;
  let mz = sinBeta * nz - sun.z;
  const cosBeta = Math.sqrt(mx * mx + my * my + mz * mz);
  if (cosBeta > 1e-9) {
    mx /= cosBeta;
    my /= cosBeta;
    mz /= cosBeta;
  } else {
    // The Sun stands over the orbit: there is no midnight, and any place may pass for it.
    mx = node.x / r;
    my = node.y / r;
    mz = node.z / r;
  }
  const tx = ny * mz - nz * my;
  const ty = nz * mx - nx * mz;
  const tz = nx * my - ny * mx;
  const phase = Math.atan2(
    node.x * tx + node.y * ty + node.z * tz,
    node.x * mx + node.y * my + node.z * mz,
  );
  const stretch2 = POLAR_STRETCH * POLAR_STRETCH;
  const sun2 = sun.x * sun.x + sun.y * sun.y + stretch2 * sun.z * sun.z;
  const ms = mx * sun.x + my * sun.y + stretch2 * mz * sun.z;
  const ts = tx * sun.x + ty * sun.y + stretch2 * tz * sun.z;
  return {
    motion: momentum / r2,
    phase,
    radius_km: r,
    eccentricity: Math.sqrt(Math.max(0, eccentricity2)),
    a: r2 * (mx * mx + my * my + stretch2 * mz * mz - ms * ms / sun2),
    b: r2 * (mx * tx + my * ty + stretch2 * mz * tz - ms * ts / sun2),
    c: r2 * (tx * tx + ty * ty + stretch2 * tz * tz - ts * ts / sun2),
  };
}

/** Between which phases the node is in shadow; equal where it never is. */
export interface Night {
  entry: number;
  exit: number;
}

const NO_NIGHT: Night = { entry: 0, exit: 0 };
const NIGHT_SIDE: Night = { entry: -Math.PI / 2, exit: Math.PI / 2 };

/** @param more_km how much larger the Earth is taken to be: what a margin is made of */
export function nightOf({ a, b, c }: OrbitLight, more_km = 0): Night {
  const radius = SHADOW_RADIUS_KM + more_km;
  const over = c - radius * radius;
  const under = a - radius * radius;
  const roots = b * b - over * under;
  if (under >= 0 && !(roots > 0)) return NO_NIGHT;
  // Only an Earth with a margin reaches as far as the node flies: all of the night side is dark then.
  if (over <= 0) return NIGHT_SIDE;
  const root = Math.sqrt(roots);
  return { entry: Math.atan((-b - root) / over), exit: Math.atan((root - b) / over) };
}

/**
 * For how long the node stays in sunlight from now on.
 * @returns seconds; 0 in shadow, Infinity where its circle has none
 */
export function sunlitFor(light: OrbitLight): number {
  const { motion, phase } = light;
  const { entry, exit } = nightOf(light);
  if (entry === exit) return Infinity;
  if (phase > entry && phase < exit) return 0;
  return ((entry - phase + TURN) % TURN) / motion;
}
