/**
 * How long inter-satellite links are at an instant, and which of them Earth blocks.
 * @module
 */
import type { Almanac } from "../../orbit/almanac.ts";
import { WGS84_EQUATORIAL_RADIUS_KM } from "../../orbit/earth.ts";
import type { EpochMs } from "../../units.ts";
import { NO_NODE, PORTS } from "./shell-links.ts";

// 80 km of atmosphere that a beam must not graze.
const CLEAR_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_KM + 80;
const CLEAR_RADIUS2 = CLEAR_RADIUS_KM * CLEAR_RADIUS_KM;

/** Length in km of the link between the nodes at xyz[a..] and xyz[b..]; Infinity where blocked. */
export function linkLength(xyz: Float64Array, a: number, b: number): number {
  const ax = xyz[a];
  const ay = xyz[a + 1];
  const az = xyz[a + 2];
  const dx = xyz[b] - ax;
  const dy = xyz[b + 1] - ay;
  const dz = xyz[b + 2] - az;
  const length2 = dx * dx + dy * dy + dz * dz;
  const along = -(ax * dx + ay * dy + az * dz) / length2;
  // Nearest point of the segment to the Earth's centre; its ends are up in orbit.
  if (along > 0 && along < 1) {
    const nearest2 = ax * ax + ay * ay + az * az - along * along * length2;
    if (nearest2 < CLEAR_RADIUS2) return Infinity;
  }
  return Math.sqrt(length2);
}

/**
 * Places all nodes at an instant.
 * @returns Earth-fixed km of every node, x, y, z in turn
 */
export function allPositions(almanac: Almanac, at: EpochMs): Float64Array {
  const { count } = almanac.constellation;
  const xyz = new Float64Array(3 * count);
  const positions = almanac.at(at);
  for (let i = 0; i < count; i++) positions.position(i, xyz, 3 * i);
  return xyz;
}

/**
 * Measures all links. Each is computed once, for both its ends.
 * @param neighbours four for each node, as neighboursOf() has them
 * @param xyz as allPositions() has them
 * @returns km, in the order of `neighbours`; Infinity for a link that is not there or is blocked
 */
export function allLengths(
  almanac: Almanac,
  neighbours: Int32Array,
  xyz: Float64Array,
): Float64Array {
  const lengths = new Float64Array(neighbours.length).fill(Infinity);
  for (let i = 0; i < neighbours.length; i += PORTS) {
    const from = i / PORTS;
    if (!almanac.flies(from)) continue;
    for (let port = 0; port < PORTS; port += 2) {
      const to = neighbours[i + port];
      if (to === NO_NODE || !almanac.flies(to)) continue;
      const length = linkLength(xyz, 3 * from, 3 * to);
      lengths[i + port] = length;
      lengths[PORTS * to + port + 1] = length;
    }
  }
  return lengths;
}
