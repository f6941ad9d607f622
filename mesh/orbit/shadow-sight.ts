/**
 * A node against the Earth's shadow at one instant: how far outside it is, how fast that changes, and
 * when the orbit it is on just now passes through the middle of the night.
 * Not its job: the edges of light (light-edges.ts).
 * @module
 */
import { epochMs, TURN } from "../units.ts";
import { WGS72_MU_KM3_S2 } from "./earth.ts";
import { POLAR_STRETCH, SHADOW_RADIUS_KM, shadowClearance } from "./eclipse.ts";
import type { Elements } from "./elements.ts";
import type { Ecef } from "./frames.ts";
import { flightOf, sunDirectionTeme } from "./propagation.ts";

/** A node against the Earth's shadow at one instant. */
export interface Sight {
  /** A whole millisecond since 1970. */
  at: number;
  lit: boolean;
  /** km outside the shadow; NaN where SGP4 has no answer. */
  clearance: number;
  /** Of the clearance, km/ms: a guess, to 2 m/s. */
  rate: number;
  /** Position in the stretched space of eclipse.ts, as all three here: km. */
  node: Ecef;
  /** Km/ms. */
  velocity: Ecef;
  /** Unit vector to the Sun. */
  sun: Ecef;
}

/** Looks at one node at a whole millisecond. */
export type Look = (at: number) => Sight;

/** Prepares the looks at one node; SGP4 is initialised once. */
export function lookAt(elements: Elements): Look {
  // One that has re-entered serves nobody: its light need not go out.
  const propagate = flightOf(elements);
  const state = new Float64Array(6);
  return (at) => {
    const instant = epochMs(at);
    // A decayed node draws no power: it counts as dark.
    if (!propagate(instant, state)) return { at, ...NO_SIGHT };
    const [x, y, z] = sunDirectionTeme(instant);
    const clearance = shadowClearance({ x: state[0], y: state[1], z: state[2] }, { x, y, z });
    const node = stretched(state[0], state[1], state[2]);
    const velocity = stretched(state[3] / 1e3, state[4] / 1e3, state[5] / 1e3);
    const sun = stretched(x, y, z);
    const length = Math.sqrt(dot(sun, sun));
    sun.x /= length;
    sun.y /= length;
    sun.z /= length;
    const rate = sightRate(node, velocity, sun);
    return { at, lit: clearance >= 0, clearance, rate, node, velocity, sun };
  };
}

const VOID: Ecef = { x: NaN, y: NaN, z: NaN };
const NO_SIGHT: Omit<Sight, "at"> = {
  lit: false,
  clearance: NaN,
  rate: NaN,
  node: VOID,
  velocity: VOID,
  sun: VOID,
};

const stretched = (x: number, y: number, z: number): Ecef => ({ x, y, z: z * POLAR_STRETCH });
const dot = (a: Ecef, b: Ecef): number => a.x * b.x + a.y * b.y + a.z * b.z;

/**
 * The derivative of shadowClearance(), to 2 m/s: the Sun stands still for it (its own motion is worth
 * 1.4 m/s), and SGP4's velocities are not quite the derivatives of its positions.
 */
function sightRate(node: Ecef, velocity: Ecef, sun: Ecef): number {
  const r2 = dot(node, node);
  const outward = dot(node, velocity);
  const along = dot(node, sun);
  if (along >= 0) return outward / Math.sqrt(r2);
  return (outward - along * dot(velocity, sun)) / Math.sqrt(Math.max(1e-12, r2 - along * along));
}

/** The middle of a night, on a circle through a sight's position and velocity. */
export interface Midnight {
  /** When the node is nearest to the shadow's axis, ms since 1970. */
  at: number;
  /** Of one revolution, ms. */
  period: number;
  /** From midnight to an edge of the shadow, ms; 0 if the circle stays outside. */
  half: number;
  /** The clearance's second derivative at midnight, km/ms2. */
  bend: number;
}

/**
 * The midnight nearest to a sight. With phi the angle from midnight and g the part of the node's
 * radius r that lies across the night in the orbit's plane, the distance from the axis is
 *   d2 = r2 - g2 cos2(phi) = d0^2 + g2 sin2(phi),
 * so the edge is where sin(phi) = sqrt(R2 - d0^2) / g, and d'' at midnight is g2 turn^2 / d0.
 */
export function nearestMidnight({ at, node, velocity, sun }: Sight): Midnight {
  const r2 = dot(node, node);
  const r = Math.sqrt(r2);
  const climb = dot(node, velocity) / r2;
  const across = {
    x: velocity.x - climb * node.x,
    y: velocity.y - climb * node.y,
    z: velocity.z - climb * node.z,
  };
  const speed = Math.sqrt(dot(across, across));
  const up = -dot(sun, node);
  const ahead = -dot(sun, across) / speed * r;
  const g2 = up * up + ahead * ahead;
  const turn = speed / r;
  const d2 = Math.max(0, r2 - g2);
  const sine2 = Math.max(0, SHADOW_RADIUS_KM * SHADOW_RADIUS_KM - d2) / g2;
  return {
    at: at + Math.atan2(ahead, up) / turn,
    period: TURN / turn,
    half: Math.asin(Math.sqrt(Math.min(1, sine2))) / turn,
    bend: g2 * turn * turn / Math.max(1, Math.sqrt(d2)),
  };
}

const MU_KM3_MS2 = WGS72_MU_KM3_S2 / 1e6;

/**
 * Whether the node flies an ordinary, nearly circular orbit, for which nearestMidnight() is a fair
 * guess. The stretched space alone makes up to 0.007 of eccentricity, and 45 km of perigee.
 */
export function isNearlyCircular({ node, velocity }: Sight): boolean {
  const r2 = dot(node, node);
  const speed2 = dot(velocity, velocity);
  const outward = dot(node, velocity);
  const p = (r2 * speed2 - outward * outward) / MU_KM3_MS2;
  const eccentricity2 = 1 - p * (2 / Math.sqrt(r2) - speed2 / MU_KM3_MS2);
  const perigee = p / (1 + Math.sqrt(Math.max(0, eccentricity2)));
  return eccentricity2 < ECCENTRICITY_MAX ** 2 && perigee > SHADOW_RADIUS_KM + PERIGEE_MIN_KM;
}

// Below it a revolution has one darkest instant, near the circle's midnight
// (tests/slow/mesh/orbit/sunlight-edges_test.ts).
const ECCENTRICITY_MAX = 0.02;
// Lower ones are about to decay: SGP4 may have no answer for part of a revolution.
const PERIGEE_MIN_KM = 120;
