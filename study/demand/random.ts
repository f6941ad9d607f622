/**
 * Numbers drawn by lot, the same for the same seed.
 * @module
 */

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * Makes a source of numbers for one part of a stream, so that a stream can begin anywhere. Mulberry32 (Tommy
 * Ettinger, 2017) over a seed that is mixed as MurmurHash3's finaliser does it.
 * @param seed 32 bits
 * @param part which part: each has numbers of its own
 */
export function randomOf(seed: number, part: number): Random {
  let state = mixed(mixed(seed >>> 0) ^ mixed((part + 0x9e3779b9) >>> 0));
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return (h ^ h >>> 16) >>> 0;
}
