/**
 * The one generator of seeded random numbers: mulberry32 (T. Ettinger, public domain), 32 bits of state,
 * passes gjrand; plenty for test cases, demand and emulated waits, and no secret.
 * @module
 */

/**
 * Makes a source of random numbers.
 * @param seed 32 bits: the numbers follow from it alone
 * @returns uniform in [0, 1)
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
