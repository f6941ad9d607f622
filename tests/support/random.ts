/**
 * Seeded random numbers for tests: the same seed gives the same cases on every machine, so that a
 * failure can be run again from the seed in its message.
 *
 * ```ts
 * const random = seeded(7);
 * const origin = { lat: random.between(-90, 90), lon: random.between(-180, 180) };
 * ```
 * @module
 */
import { mulberry32 } from "../../mesh/mulberry32.ts";

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Uniform among the integers from..to, both included. */
  integer(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
}

export function seeded(seed: number): Random {
  const next = mulberry32(seed);
  const between = (from: number, to: number) => from + next() * (to - from);
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    integer,
    pick: (items) => items[integer(0, items.length - 1)],
    chance: (probability) => next() < probability,
  };
}
