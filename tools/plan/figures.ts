/**
 * Coverage and stretch as the published row has them.
 * @module
 */
import type { Flow } from "./flows.ts";
import { greatCircle } from "./great-circle.ts";
import type { Net, Station } from "./net.ts";

/** Pairs by how they lie: far, near, else by the slope of the line between them on a plain map. */
export const CATEGORIES = ["NS", "EW", "NESW", "HG", "LG"] as const;
/** North and south, east and west, between; high and low geodesic distance. */
export type Category = (typeof CATEGORIES)[number];

const FAR_KM = 8_000;
const NEAR_KM = 2_000;
const STEEP_DEG = 75;
const FLAT_DEG = 15;

/** Which category a pair is in. */
export function categoryOf(a: Station, b: Station): Category {
  const distance_km = greatCircle(a, b);
  if (distance_km > FAR_KM) return "HG";
  if (distance_km < NEAR_KM) return "LG";
  const slope = Math.atan(Math.abs((b.lat - a.lat) / (b.lon - a.lon))) * 180 / Math.PI;
  return slope > STEEP_DEG ? "NS" : slope < FLAT_DEG ? "EW" : "NESW";
}

/** How well stations are covered. */
export interface Coverage {
  /** Stations that see no node. */
  without: number;
  /** The sum over stations of log10 of how many nodes each sees: the published tool's metric. */
  log_sum: number;
}

/** Counts what stations see. */
export const coverageOf = ({ access }: Net): Coverage => ({
  without: access.filter((seen) => seen.length === 0).length,
  log_sum: access.reduce((sum, { length }) => sum + (length > 0 ? Math.log10(length) : 0), 0),
});

/** The medians of one category. */
export interface Stretch {
  pairs: number;
  /** Of the shortest way, over the great circle. */
  stretch: number;
  /** Of each pair's median over its ways: stations and nodes on the way. */
  hops: number;
}

/** The medians of each category; NaN where it has no pair with a way. */
export function stretchOf(
  flows: readonly Flow[],
  stations: readonly Station[],
): Record<Category, Stretch> {
  const rows = flows.filter(({ ways }) => ways.length > 0).map(({ from, to, ways }) => ({
    category: categoryOf(stations[from], stations[to]),
    stretch: ways[0].length_km / greatCircle(stations[from], stations[to]),
    hops: median(ways.map(({ nodes }) => nodes.length + 2)),
  }));
  return Object.fromEntries(CATEGORIES.map((category) => {
    const own = rows.filter((row) => row.category === category);
    return [category, {
      pairs: own.length,
      stretch: median(own.map(({ stretch }) => stretch)),
      hops: median(own.map(({ hops }) => hops)),
    }];
  })) as Record<Category, Stretch>;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
