/**
 * Every node of generated shells above a place: what a view of the sky asks, and a finder that ranks none.
 * @module
 */
import type { ShellAlmanac } from "../../orbit/shell-almanac.ts";
import type { View, Visit } from "../finder.ts";
import { MaskRanges } from "../slant-range.ts";
import { type Field, groundOf, visitNear } from "./near.ts";

/** The shells of an almanac, the lowest first: what searches look through, each over fields of its own. */
export const fieldsOf = ({ shells }: ShellAlmanac): Field[] =>
  shells
    .toSorted((a, b) => a.radius_floor_km - b.radius_floor_km)
    .map((placed) => ({ placed, lattice: null }));

/**
 * Visits every node above the mask, in no order that means anything.
 * @param fields of the almanac's shells, the lowest first
 * @param within_km the farthest slant range; Infinity: any
 */
export function eachAbove(
  almanac: ShellAlmanac,
  fields: readonly Field[],
  { view, visit, within_km }: { view: View; visit: Visit; within_km: number },
): void {
  const ground = groundOf(view);
  const ranges = new MaskRanges(view);
  const positions = almanac.at(view.at);
  for (const field of fields) {
    const { radius_floor_km, radius_ceiling_km } = field.placed;
    if (radius_floor_km - ground.radius_km > within_km) return;
    const reach_km = Math.min(ranges.farthestAbove(radius_ceiling_km), within_km);
    if (reach_km > -1) visitNear(field, positions, ground, -1, reach_km, visit);
  }
}
