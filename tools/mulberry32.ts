/**
 * The one generator of seeded random numbers, for tests and benches: uniform in [0, 1).
 * mulberry32 (T. Ettinger, public domain): 32 bits of state, passes gjrand; plenty for test cases.
 * @module
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
