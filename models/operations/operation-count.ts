/**
 * What a count of operations is made of: sums of products of dimensions, exact or an error.
 * Not its job: which operator takes which terms (see rule.ts).
 * @module
 */

import { TooLarge } from "./model-error.ts";

/** `count` operations for each element of a tensor with the dimensions `of`, which may have names. */
export interface Term<S extends string = never> {
  readonly count: number;
  readonly of: readonly (number | S)[];
  /** Times ceil(log2) of this dimension: comparisons of a sort. */
  readonly log2?: number | S;
}

export function total(terms: readonly Term[]): number {
  return terms.reduce((sum, { count, of, log2 }) => {
    const sorts = log2 === undefined ? 1 : ceilLog2(log2);
    return exact(sum + product([...of, count, sorts]));
  }, 0);
}

export function product(sizes: readonly number[]): number {
  // Not on the way: what comes before a 0 may be too much to hold.
  if (sizes.includes(0)) return 0;
  return sizes.reduce((product, size) => exact(product * size), 1);
}

export function ceilLog2(n: number): number {
  let bits = 0;
  while (2 ** bits < n) bits++;
  return bits;
}

function exact(n: number): number {
  if (Number.isSafeInteger(n)) return n;
  throw new TooLarge("More elements or operations than can be counted exactly: 2^53 or beyond");
}
