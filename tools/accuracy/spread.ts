/**
 * Samples spread evenly without chance: the fractional parts of multiples of irrational numbers.
 * @module
 */

// The plastic number's powers: evenly spread in two dimensions too (M. Roberts, 2018).
const STEPS = [0.7548776662466927, 0.5698402909980532, 0.618033988749895];

/** The k-th sample of one dimension, in [0, 1). */
export const spread = (k: number, dimension: 0 | 1 | 2): number => (0.5 + k * STEPS[dimension]) % 1;

/** The value below which this share of the sorted values lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
