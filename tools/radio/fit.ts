/**
 * Fits the parameters of the radio profile `starlink` to published figures, one for each, over one sample
 * of trips with the same chance throughout: in turn, each with the others as they stand, until none moves.
 * @module
 */
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import { seconds } from "../../mesh/units.ts";
import type { Sample } from "./sample.ts";
import { figureOf, percentile } from "./statistics.ts";

/** The figures that parameters are fitted to, ms and a share; behind each the parameter. */
export interface Targets {
  /** Processing. */
  europe_least: number;
  /** The grant's period. */
  us_median: number;
  /** How often Europe's ways stall. */
  europe_median: number;
  /** How long stalls are. */
  europe_p95: number;
  /** How often ways in the United States stall: the share of trips over 55 ms. */
  us_over_55_ms: number;
}

const ROUNDS = 16;
const PASSES = 5;

/** Where a rising function of a parameter meets a value. */
function meet(value: number, most: number, f: (x: number) => number): number {
  let [low, high] = [0, most];
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    if (f(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const stalling = (
  profile: RadioProfile,
  stall: { share?: number; mean?: number },
): RadioProfile => ({
  ...profile,
  stall: {
    share: stall.share ?? profile.stall.share,
    mean: seconds(stall.mean ?? profile.stall.mean),
  },
});

/** @returns profiles of the two settings, which differ in how often ways stall alone */
export function fit(
  samples: { us: Sample; europe: Sample },
  start: RadioProfile,
  targets: Targets,
): { us: RadioProfile; europe: RadioProfile } {
  const at = (sample: Sample, profile: RadioProfile, share: number) =>
    percentile(sample.times(profile).sort(), share);
  const europeOf = (profile: RadioProfile) =>
    stalling(profile, {
      share: meet(targets.europe_median, 1, (share) =>
        at(samples.europe, stalling(profile, { share }), 0.5)),
    });
  let us = start;
  for (let pass = 0; pass < PASSES; pass++) {
    const least = at(samples.europe, europeOf(us), 0);
    const processing = us.processing + (targets.europe_least - least) / 2e3;
    us = { ...us, processing: seconds(Math.max(0, processing)) };
    const grantBy = (period: number) => ({
      ...us,
      grant: { ...us.grant, period: seconds(period) },
    });
    us = grantBy(meet(targets.us_median, 0.05, (period) => at(samples.us, grantBy(period), 0.5)));
    const mean = meet(
      targets.europe_p95,
      0.1,
      (mean) => at(samples.europe, europeOf(stalling(us, { mean })), 0.95),
    );
    us = stalling(us, { mean });
    const share = meet(
      targets.us_over_55_ms,
      0.3,
      (share) => figureOf(samples.us.times(stalling(us, { share })).sort(), { over_ms: 55 }),
    );
    us = stalling(us, { share });
  }
  return { us, europe: europeOf(us) };
}
