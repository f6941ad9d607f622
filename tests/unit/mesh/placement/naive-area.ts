/**
 * The oracle of areas: whether a point lies in a polygon by how often each ring winds round it, the
 * sum of the angles under which its edges are seen. Shares nothing with ray casting.
 * @module
 */
import type { Polygon, Ring } from "../../../../mesh/geo/area.ts";

/** Flat rings, edges straight in longitude and latitude; not for points on an edge. */
export function naiveHolds(polygons: readonly Polygon[], lon: number, lat: number): boolean {
  return polygons.some(([outer, ...holes]) =>
    winds(outer, lon, lat) && !holes.some((hole) => winds(hole, lon, lat))
  );
}

function winds(ring: Ring, lon: number, lat: number): boolean {
  let angle = 0;
  for (let v = 1; v < ring.length; v++) {
    const [ax, ay] = [ring[v - 1][0] - lon, ring[v - 1][1] - lat];
    const [bx, by] = [ring[v][0] - lon, ring[v][1] - lat];
    angle += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  }
  return Math.abs(Math.round(angle / (2 * Math.PI))) === 1;
}

/**
 * The same for rings on the sphere, that step over the antimeridian and go round poles: how often,
 * with sign, a ring crosses the meridian from the point to the north pole. None may hold that pole.
 */
export function naiveHoldsOnSphere(
  polygons: readonly Polygon[],
  lon: number,
  lat: number,
): boolean {
  return polygons.some((rings) => {
    const windings = rings.map((ring) => Math.abs(northCrossings(ring, lon, lat)));
    return windings.reduce((sum, n) => sum + n, 0) % 2 === 1;
  });
}

function northCrossings(ring: Ring, lon: number, lat: number): number {
  let sum = 0;
  for (let v = 1; v < ring.length; v++) {
    const a = away(ring[v - 1][0], lon);
    const b = a + away(ring[v][0], ring[v - 1][0]);
    if (a < 0 === b < 0) continue;
    const at = ring[v - 1][1] + (ring[v][1] - ring[v - 1][1]) * a / (a - b);
    if (at > lat) sum += a < b ? 1 : -1;
  }
  return sum;
}

/** Degrees east from one meridian to another, -180..180. */
const away = (lon: number, from: number) => lon - from - 360 * Math.round((lon - from) / 360);
