/**
 * Both of the skies that placement knows, so that one suite holds both to one oracle.
 * @module
 */
import type { Almanac } from "../../../../mesh/orbit/almanac.ts";
import type { Constellation } from "../../../../mesh/orbit/constellation.ts";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { computeKnot, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { hasTables, ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import type { Finder } from "../../../../mesh/placement/finder.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { ShellFinder } from "../../../../mesh/placement/shells/shell-finder.ts";
import type { EpochMs } from "../../../../mesh/units.ts";

export interface Whereabouts {
  almanac: Almanac;
  finder: Finder;
}

/** Makes the whereabouts around an instant; a grid is of `gridAt`. */
export type MakeSky = (constellation: Constellation, at: EpochMs, gridAt?: EpochMs) => Whereabouts;

// Asked for again and again: some windows of one constellation.
const kept = new Map<string, Whereabouts>();
const KEPT_MAX = 8;

const knots: MakeSky = (constellation, at, gridAt = at) => {
  const key = `${constellation.name} ${knotNumber(at)} ${gridAt}`;
  const known = kept.get(key);
  if (known) return known;
  const whereabouts = byKnots(constellation, at, gridAt);
  kept.set(key, whereabouts);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return whereabouts;
};

const byKnots: MakeSky = (constellation, at, gridAt = at) => {
  const propagator = new Propagator(constellation);
  const number = knotNumber(at);
  const almanac = new KnotAlmanac(
    constellation,
    computeKnot(constellation, propagator, number),
    computeKnot(constellation, propagator, number + 1),
  );
  return { almanac, finder: new GridFinder(almanac, buildGrid(almanac, gridAt)) };
};

const made = new WeakMap<Constellation, Whereabouts>();

const tables: MakeSky = (constellation) => {
  let whereabouts = made.get(constellation);
  if (!whereabouts) {
    const almanac = new ShellAlmanac(constellation);
    made.set(constellation, whereabouts = { almanac, finder: new ShellFinder(almanac) });
  }
  return whereabouts;
};

/** By name, and of which constellations each is. */
export const SKIES: readonly {
  name: string;
  make: MakeSky;
  holds: (constellation: Constellation) => boolean;
}[] = [
  { name: "knots and a grid", make: knots, holds: () => true },
  { name: "shell tables", make: tables, holds: hasTables },
];
