/**
 * Random numbers by a seed that is a text, such as an execution's id: a repeat draws the same.
 * @module
 */

/**
 * A source of random numbers.
 * @param seed any text; the numbers follow from it alone
 * @returns uniform in [0, 1): FNV-1a of the text, then mulberry32 (public domain, by Tommy Ettinger)
 */
export function randomOf(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) {
    state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
