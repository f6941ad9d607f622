/**
 * Figures of a sample.
 * @module
 */
import type { Figure } from "./figure.ts";

/**
 * A percentile by nearest rank.
 * @param sorted ascending, at least one
 * @param share 0..1; 0 is the least, 1 the greatest
 */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

/** @param sorted ascending, at least one */
export function figureOf(sorted: Float64Array, of: Figure["of"]): number {
  if (typeof of === "number") return percentile(sorted, of);
  return sorted.filter((time) => time > of.over_ms).length / sorted.length;
}

/** The mean difference between one and the next. */
export function jitterOf(times: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < times.length; i++) sum += Math.abs(times[i] - times[i - 1]);
  return sum / (times.length - 1);
}
