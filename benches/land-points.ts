/**
 * Places on land between 60 S and 60 N, evenly over its area: outlines from world-atlas.
 * @module
 */
import { isLand } from "../contract/countries.ts";
import type { Geodetic } from "../mesh/orbit/frames.ts";
import { randomOrigins } from "./field.ts";

const LATITUDE_MAX = 60;

/** @returns n places, the same for the same seed */
export function landPoints(seed: number, n: number): Geodetic[] {
  const found: Geodetic[] = [];
  // Some 29 % of this belt is land; a batch is enough for most of what is asked.
  for (let batch = 0; found.length < n; batch++) {
    const places = randomOrigins(seed + 1_000 * batch, 4 * n, LATITUDE_MAX);
    found.push(...places.filter(({ lat, lon }) => isLand(lat, lon)));
  }
  return found.slice(0, n);
}
