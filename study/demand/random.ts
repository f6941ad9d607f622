/**
 * Numbers drawn by lot, the same for the same seed.
 * @module
 */
import { mulberry32 } from "../../mesh/mulberry32.ts";

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * Makes a source of numbers for one part of a stream, so that a stream can begin anywhere: over a seed that is
 * mixed as MurmurHash3's finaliser does it.
 * @param seed 32 bits
 * @param part which part: each has numbers of its own
 */
export const randomOf = (seed: number, part: number): Random =>
  mulberry32(mixed(mixed(seed) ^ mixed(part + 0x9e3779b9)));

function mixed(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return (h ^ h >>> 16) >>> 0;
}
