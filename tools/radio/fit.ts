/**
 * Fits the parameters of access to published figures, one for each, over one sample of trips with the same
 * chance throughout: in turn, each with the others as they stand, until none moves.
 * @module
 */
import type { Access } from "./access.ts";
import type { Sample } from "./sample.ts";
import { jitterOf, percentile } from "./statistics.ts";

/** The figures that parameters are fitted to, ms; behind each the parameter. */
export interface Targets {
  /** The floor. */
  europe_least: number;
  /** Europe's queue. */
  europe_median: number;
  /** The spread of queues. */
  europe_p95: number;
  /** The United States' queue. */
  us_median: number;
  /** The grant, by the mean difference from one trip to the next in the United States. */
  us_jitter: number;
}

const ROUNDS = 16;
const PASSES = 8;

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

/** Of a setting, access with the queue whose median makes that of all trips what it should be. */
function withMedian(sample: Sample, access: Access, median: number): Access {
  const of = (median_ms: number) => ({ ...access, queue: { ...access.queue, median_ms } });
  return of(meet(median, 50, (queue) => percentile(sample.times(of(queue)).sort(), 0.5)));
}

/** @returns access of the two settings, which differ in the median of their queues alone */
export function fit(
  samples: { us: Sample; europe: Sample },
  start: Access,
  targets: Targets,
): { us: Access; europe: Access } {
  const usOf = (access: Access) => withMedian(samples.us, access, targets.us_median);
  const europeOf = (access: Access) => withMedian(samples.europe, access, targets.europe_median);
  const europeAt = (access: Access, share: number) =>
    percentile(samples.europe.times(access).sort(), share);
  let access = start;
  for (let pass = 0; pass < PASSES; pass++) {
    const spreadBy = (spread: number) => ({ ...access, queue: { ...access.queue, spread } });
    access = spreadBy(
      meet(targets.europe_p95, 3, (spread) => europeAt(europeOf(spreadBy(spread)), 0.95)),
    );
    const grantBy = (grant_ms: number) => ({ ...access, grant_ms });
    // A longer wait for grants leaves less to queues, which vary more: trips differ less.
    access = grantBy(
      meet(-targets.us_jitter, 20, (grant) => -jitterOf(samples.us.times(usOf(grantBy(grant))))),
    );
    const least = europeAt(europeOf(access), 0);
    access = { ...access, floor_ms: access.floor_ms + targets.europe_least - least };
  }
  return { us: usOf(access), europe: europeOf(access) };
}
