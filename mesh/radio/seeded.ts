/**
 * Random numbers by a seed that is a text, such as an execution's id: a repeat draws the same.
 * @module
 */
import { mulberry32 } from "../mulberry32.ts";

/**
 * A source of random numbers.
 * @param seed any text; the numbers follow from it alone
 * @returns uniform in [0, 1): mulberry32 from FNV-1a of the text
 */
export function randomOf(seed: string): () => number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) {
    hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  }
  return mulberry32(hash);
}
