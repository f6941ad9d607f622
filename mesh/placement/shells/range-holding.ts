/**
 * How far to look: a range that should hold so many nodes. Only a guess for speed; too short costs
 * another look, too long costs looking at more nodes.
 * @module
 */
import type { Field, Ground } from "./near.ts";

// Nodes crowd where a shell turns back from its highest latitude; no denser than there.
const CROWDED = 0.05;

/**
 * With N nodes of inclination i a steradian at latitude l holds N / (2 pi2 sqrt(sin2 i - sin2 l)) of
 * them. A range R reaches (R2 - h2) pi / (ground r) of it at height h.
 * @param lowestFirst at least one
 * @returns km
 */
export function rangeHolding(
  lowestFirst: readonly Field[],
  { radius_km, sin_lat }: Ground,
  wanted: number,
): number {
  let nodes_km2 = 0;
  let below = wanted;
  let range2 = Infinity;
  for (let f = 0; f < lowestFirst.length; f++) {
    const { shell, radius_floor_km, sin_i } = lowestFirst[f].placed;
    const height = Math.max(0, radius_floor_km - radius_km);
    if (range2 <= height * height) break;
    const spread = sin_i * sin_i - sin_lat * sin_lat;
    if (spread < -CROWDED) continue;
    const crowding = Math.sqrt(Math.max(CROWDED * CROWDED, spread));
    const density = shell.planes * shell.per_plane /
      (2 * Math.PI * crowding * radius_km * radius_floor_km);
    nodes_km2 += density;
    below += density * height * height;
    range2 = below / nodes_km2;
  }
  if (range2 < Infinity) return Math.sqrt(range2);
  // Nobody flies overhead: some shells may still be seen aside.
  return 2 * Math.max(100, lowestFirst[0].placed.radius_floor_km - radius_km);
}
