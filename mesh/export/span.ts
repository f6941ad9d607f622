/**
 * A span of time in even steps: the instants of an ephemeris.
 * @module
 */
import { type EpochMs, epochMs, type Seconds } from "../units.ts";

/** From an instant, by steps, to another; `until` is not before `from`, and `step` is above 0. */
export interface Span {
  from: EpochMs;
  until: EpochMs;
  step: Seconds;
}

/**
 * Counts the instants of a span: `from`, each step after it, and `until`.
 * @returns 1 or more
 */
export const instantCount = ({ from, until, step }: Span): number =>
  1 + Math.ceil((until - from) / (step * 1e3));

/**
 * One instant of a span, to the millisecond, as formats write it. The last step is shorter where the span
 * is no whole number of steps, so that who interpolates has all of the span.
 * @param k 0 to instantCount() - 1
 */
export const instantOf = ({ from, until, step }: Span, k: number): EpochMs =>
  epochMs(Math.round(Math.min(from + k * step * 1e3, until)));
