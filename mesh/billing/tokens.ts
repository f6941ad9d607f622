/**
 * What tokens of a language model cost: integers, so that sums of receipts are exact and a budget is
 * kept to the token.
 * Not its job: how tokens are counted (inference/upstream).
 * @module
 */

/** How many tokens an ask had read and written. */
export interface TokenUse {
  /** Whole. */
  prompt_tokens: number;
  /** Whole. */
  completion_tokens: number;
}

/** Micro-credits for each million tokens; whole. */
export interface TokenPrices {
  /** Of what was read. */
  per_mega_prompt_token: number;
  /** Of what was written. */
  per_mega_completion_token: number;
}

/**
 * What tokens cost: nothing besides is charged for the ask.
 * @returns micro-credits, rounded up to a whole number
 * @throws RangeError if a count is not a whole number >= 0, or the charge too large to count exactly
 */
export function tokenCharge(use: TokenUse, prices: TokenPrices): number {
  const { prompt_tokens, completion_tokens } = use;
  const mega = prompt_tokens * prices.per_mega_prompt_token +
    completion_tokens * prices.per_mega_completion_token;
  const counted = [prompt_tokens, completion_tokens, mega];
  if (!counted.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError(`Cannot bill ${prompt_tokens} and ${completion_tokens} tokens`);
  }
  return Math.ceil(mega / 1e6);
}

/** The lesser of each count: nobody is billed more than was reserved for the ask. */
export const atMost = (use: TokenUse, max: TokenUse): TokenUse => ({
  prompt_tokens: Math.min(use.prompt_tokens, max.prompt_tokens),
  completion_tokens: Math.min(use.completion_tokens, max.completion_tokens),
});
