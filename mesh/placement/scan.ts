/**
 * Visits every node within a slant range of a place and above its elevation mask, by the grid.
 * Nothing is allocated on the way.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { SPEED_MAX_KM_S } from "../orbit/earth.ts";
import type { View, Visit } from "./finder.ts";
import { cellOf, columnOf, gapTo, type Grid } from "./grid.ts";

/** What a scan looks at, and from where. */
export interface ScanView extends View {
  almanac: Almanac;
  grid: Grid;
}

/** Grid positions are Float32: 4 m off in each axis at the farthest that a node can fly. */
const ROUNDING_KM = 1e-2;

const xyz = new Float64Array(3);

/**
 * Calls `visit` for each node, in no order that means anything.
 * @param range_km the farthest slant range from the site
 */
export function scan(
  { almanac, grid, at, site, sin_mask }: ScanView,
  range_km: number,
  visit: Visit,
): void {
  const positions = almanac.at(at);
  const { x, y, z } = site.position;
  const { up } = site;
  const drift_km = SPEED_MAX_KM_S * Math.abs(at - grid.at) / 1e3 + ROUNDING_KM;
  const reach = range_km + drift_km;
  const reach2 = reach * reach;
  const { starts, near, ids } = grid;
  const x1 = cellOf(x + reach);
  const y1 = cellOf(y + reach);
  for (let cx = cellOf(x - reach); cx <= x1; cx++) {
    const gapX = gapTo(cx, x);
    for (let cy = cellOf(y - reach); cy <= y1; cy++) {
      const gapY = gapTo(cy, y);
      const left2 = reach2 - gapX * gapX - gapY * gapY;
      if (left2 < 0) continue;
      const half = Math.sqrt(left2);
      const column = columnOf(cx, cy);
      const last = starts[column + cellOf(z + half) + 1];
      for (let slot = starts[column + cellOf(z - half)]; slot < last; slot++) {
        const gx = near[3 * slot] - x;
        const gy = near[3 * slot + 1] - y;
        const gz = near[3 * slot + 2] - z;
        if (gx * gx + gy * gy + gz * gz > reach2) continue;
        positions.position(ids[slot], xyz);
        const dx = xyz[0] - x;
        const dy = xyz[1] - y;
        const dz = xyz[2] - z;
        const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
        if (range > range_km || dx * up.x + dy * up.y + dz * up.z < sin_mask * range) continue;
        visit(ids[slot], range, xyz);
      }
    }
  }
}
