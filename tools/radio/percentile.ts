/**
 * Percentiles of a sample, by nearest rank.
 * @module
 */

/**
 * @param sorted ascending, at least one
 * @param share 0..1; 0 is the least, 1 the greatest
 */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
