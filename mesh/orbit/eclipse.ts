/**
 * Decides when Earth blocks the Sun for a node.
 * Cylindrical shadow of a round Earth, no penumbra: a node in low orbit crosses the penumbra in about
 * 8 s, and the cylinder's edge lies inside it. What that costs, and the flattening: docs/accuracy.md.
 * @module
 */
import type { Ecef } from "./frames.ts";

// WGS-84 equatorial radius; the polar one is 21 km less, worth 3.5 s of an edge at the median.
const SHADOW_RADIUS_KM = 6378.137;

/**
 * How far outside the shadow a node is, in km: positive in sunlight, negative in shadow.
 * Continuous across the shadow's edge on the night side, so a root finder can use it.
 * @param node km, any Earth-centred frame
 * @param sun unit vector in the same frame
 */
export function shadowClearance(node: Ecef, sun: Ecef): number {
  const along = node.x * sun.x + node.y * sun.y + node.z * sun.z;
  const r2 = node.x * node.x + node.y * node.y + node.z * node.z;
  if (along >= 0) return Math.sqrt(r2);
  return Math.sqrt(Math.max(0, r2 - along * along)) - SHADOW_RADIUS_KM;
}

export const isSunlit = (node: Ecef, sun: Ecef): boolean => shadowClearance(node, sun) >= 0;
