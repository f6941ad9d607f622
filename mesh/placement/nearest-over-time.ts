/**
 * Which nodes may be the nearest above a place at some time of a window: who serves it is among them,
 * so that a search for passes need not look at all nodes of a large constellation.
 *
 * Time is cut into short steps. In one of them a node moves no farther than `drift`; so whoever is the
 * nearest at some time of it is, at its middle, within two drifts of the range of any node that stays
 * up all the while.
 * Not its job: who serves when (mesh/passes).
 * @module
 */
import type { Site } from "../geo/site.ts";
import { SPEED_MAX_KM_S } from "../orbit/earth.ts";
import type { Almanac } from "../orbit/almanac.ts";
import { type Degrees, type EpochMs, epochMs, toRadians } from "../units.ts";
import { Best } from "./best.ts";
import type { Finder, View } from "./finder.ts";
import type { Scores } from "./scores.ts";

// Shorter steps are more of them; in longer ones more nodes come near enough.
const STEP_MS = 4_000;
const STEPS_PER_SLICE = 64;
const DRIFT_KM = SPEED_MAX_KM_S * STEP_MS / 2e3;

const BY_RANGE: Scores = { at: (km) => km, longest: (km) => km, of: (_index, km) => km };

/** Finds them. Yields after every few milliseconds of work. */
export function* nearestOverTime(
  { almanac, finder, site, mask, from, until }: {
    /** Must cover the whole window. */
    almanac: Almanac;
    finder: Finder;
    site: Site;
    mask: Degrees;
    from: EpochMs;
    until: EpochMs;
  },
): Generator<void, number[]> {
  const found = new Set<number>();
  const best = new Best(1);
  const { x, y, z } = site.position;
  const height_km = Math.max(DRIFT_KM, almanac.radius_min_km - Math.hypot(x, y, z));
  // A drift, seen from the place, is no wider than this.
  const wide = Math.asin(Math.min(1, DRIFT_KM / height_km));
  const viewAt = (at: EpochMs, elevation: number): View => ({
    at,
    site,
    sin_mask: Math.sin(Math.max(-Math.PI / 2, Math.min(Math.PI / 2, elevation))),
  });
  const steps = Math.ceil((until - from) / STEP_MS);
  for (let step = 0; step < steps; step++) {
    const middle = epochMs(from + (step + 0.5) * STEP_MS);
    finder.above(viewAt(middle, toRadians(mask) + wide), BY_RANGE, best);
    const within_km = best.size > 0 ? best.scores[0] + 2 * DRIFT_KM : Infinity;
    const low = viewAt(middle, toRadians(mask) - wide);
    finder.each(low, (index) => found.add(index), within_km);
    if (step % STEPS_PER_SLICE === STEPS_PER_SLICE - 1) yield;
  }
  return [...found].sort((a, b) => a - b);
}
