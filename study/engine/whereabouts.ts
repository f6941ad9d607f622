/**
 * Where nodes are over a run's time, and what finds them: over tables for generated shells, at any instant;
 * over two knots and a grid for a catalogue, anew for each minute, as the isolates of a mesh have it.
 * @module
 */
import type { Almanac } from "../../mesh/orbit/almanac.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { computeKnot, type Knot, knotInstant, knotNumber } from "../../mesh/orbit/knot.ts";
import { KnotAlmanac } from "../../mesh/orbit/knot-almanac.ts";
import { Propagator } from "../../mesh/orbit/propagation.ts";
import { hasTables, ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import type { Finder } from "../../mesh/placement/finder.ts";
import { GridFinder } from "../../mesh/placement/grid-finder.ts";
import { buildGrid } from "../../mesh/placement/grid.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import type { EpochMs } from "../../mesh/units.ts";

/** Where nodes are, and what finds them. */
export interface Whereabouts {
  almanac: Almanac;
  finder: Finder;
}

/** Gives the whereabouts of an instant; quickest when instants come in ascending order. */
export type WhereaboutsAt = (at: EpochMs) => Whereabouts;

/** Prepares the whereabouts of one constellation. */
export function whereaboutsOf(constellation: Constellation): WhereaboutsAt {
  if (hasTables(constellation)) {
    const almanac = new ShellAlmanac(constellation);
    const known = { almanac, finder: new ShellFinder(almanac) };
    return () => known;
  }
  const propagator = new Propagator(constellation);
  const knots = new Map<number, Knot>();
  const knot = (number: number): Knot => {
    const known = knots.get(number) ?? computeKnot(constellation, propagator, number);
    knots.set(number, known);
    return known;
  };
  let made = NaN;
  let known: Whereabouts;
  return (at) => {
    const number = knotNumber(at);
    if (number === made) return known;
    made = number;
    const almanac = new KnotAlmanac(constellation, knot(number), knot(number + 1));
    for (const old of knots.keys()) if (old < number) knots.delete(old);
    // Of the minute's start, whichever ask comes first in it, so that runs repeat.
    const grid = buildGrid(almanac, knotInstant(number));
    return known = { almanac, finder: new GridFinder(almanac, grid) };
  };
}
