/**
 * Decides when Earth blocks the Sun for a node.
 *
 * The Earth is the ellipsoid of WGS-84, its shadow the cylinder that parallel rays leave behind it,
 * and its edge the instant at which the Sun's centre stands on the limb: half light, in the middle of
 * the penumbra. Light is all or nothing; what that costs, and no atmosphere: docs/accuracy.md.
 * @module
 */
import { WGS84_EQUATORIAL_RADIUS_KM, WGS84_FLATTENING } from "./earth.ts";
import type { Ecef } from "./frames.ts";

/** The radius of the shadow's cylinder in the stretched space of POLAR_STRETCH. */
export const SHADOW_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_KM;

/**
 * Stretched by this along its axis, the ellipsoid x2 + y2 + (z / (1 - f))2 = a2 is a sphere, and a ray
 * is still a ray: what touches the one touches the other. TEME and ECEF share that axis.
 */
export const POLAR_STRETCH = 1 / (1 - WGS84_FLATTENING);

/**
 * How far outside the shadow a node is, in km of the stretched space (0.3 % more than true ones along
 * the axis): positive in sunlight, negative in shadow. It and its slope are continuous everywhere, so
 * a root finder can use it; on the day side it is the height above the sphere.
 * @param node km, any Earth-centred frame whose z is the Earth's axis
 * @param sun unit vector in the same frame
 */
export function shadowClearance(node: Ecef, sun: Ecef): number {
  const nodeZ = node.z * POLAR_STRETCH;
  const sunZ = sun.z * POLAR_STRETCH;
  const r2 = node.x * node.x + node.y * node.y + nodeZ * nodeZ;
  const toSun = node.x * sun.x + node.y * sun.y + nodeZ * sunZ;
  if (toSun >= 0) return Math.sqrt(r2) - SHADOW_RADIUS_KM;
  const along2 = toSun * toSun / (sun.x * sun.x + sun.y * sun.y + sunZ * sunZ);
  return Math.sqrt(Math.max(0, r2 - along2)) - SHADOW_RADIUS_KM;
}

/**
 * Whether the Sun's centre stands above the Earth's limb, seen from a node.
 * @param node km, any Earth-centred frame whose z is the Earth's axis
 * @param sun unit vector in the same frame
 * @returns true on the edge itself
 */
export const isSunlit = (node: Ecef, sun: Ecef): boolean => shadowClearance(node, sun) >= 0;
