/**
 * Takes rings off the sphere and lays them flat. On a sphere nothing is cut at the antimeridian: a
 * ring steps from 179.9 to -180, and one round a pole never comes back to the longitude it left.
 * @module
 */
import type { Polygon, Ring } from "./area.ts";

// Maps end just short of a pole, and so leave a hole of some 100 m in a polar continent.
const POLE_GAP_DEG = 0.01;

/**
 * The polygon as `Area` takes it: longitudes run on through 180, and rings round a pole are closed
 * at it. Rings that lie within 0.01 degrees of a pole are left out.
 */
export function unrollPolygon(polygon: Polygon): Polygon {
  return polygon
    .filter((ring) => !ring.every(([, lat]) => Math.abs(lat) > 90 - POLE_GAP_DEG))
    .map(unrollRing);
}

function unrollRing(ring: Ring): Ring {
  const flat: number[][] = [];
  let turns = 0;
  for (let v = 0; v < ring.length; v++) {
    // The short way round: no edge of a map spans half the Earth.
    if (v > 0) turns -= Math.round((ring[v][0] - ring[v - 1][0]) / 360);
    flat.push([ring[v][0] + 360 * turns, ring[v][1]]);
  }
  if (turns !== 0) {
    // It went round a pole, the nearer one: the area between the ring and the pole is meant.
    const pole = flat[0][1] < 0 ? -90 : 90;
    flat.push([flat[flat.length - 1][0], pole], [flat[0][0], pole], flat[0]);
  }
  const west = flat.reduce((least, [lon]) => Math.min(least, lon), Infinity);
  const shift = 360 * Math.floor((west + 180) / 360);
  return shift === 0 ? flat : flat.map(([lon, lat]) => [lon - shift, lat]);
}
