/**
 * How many tokens a prompt can be, before any engine has counted them.
 * @module
 */

/** Of one prompt. */
export interface PromptSize {
  /** It is not more: what is reserved. A token stands for a byte at least. */
  tokens_max: number;
  /** What it is taken for if the engine never says: four bytes a token. */
  tokens_guess: number;
}

// What an engine's template writes around messages of itself: a date, a system prompt, marks.
const TEMPLATE_TOKENS = 64;
const BYTES_PER_TOKEN = 4;
// A beginning and an end around each text.
const MARKS_TOKENS = 4;

/**
 * Sizes a prompt of text.
 * @param parts all that the engine may write into the prompt: texts, messages, tools. JSON says more about
 *   a message than a template does, so its marks are counted, too.
 */
export function textSize(parts: readonly unknown[]): PromptSize {
  const texts = parts.filter((part) => part !== undefined && part !== null)
    .map((part) => typeof part === "string" ? part : JSON.stringify(part));
  const bytes = texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
  return {
    tokens_max: bytes + TEMPLATE_TOKENS,
    tokens_guess: Math.ceil(bytes / BYTES_PER_TOKEN),
  };
}

/**
 * Sizes texts or tokens.
 * @param input as completions and embeddings take it
 */
export function inputSize(input: string | readonly (string | number | number[])[]): PromptSize {
  if (typeof input === "string") return textSize([input]);
  const tokens = input.filter((one) => typeof one !== "string").flat().length;
  const { tokens_max, tokens_guess } = textSize(input.filter((one) => typeof one === "string"));
  return {
    tokens_max: tokens_max + tokens + inputCount(input) * MARKS_TOKENS,
    tokens_guess: tokens_guess + tokens,
  };
}

/** How many prompts an input is. */
export const inputCount = (input: string | readonly (string | number | number[])[]): number =>
  typeof input === "string" || typeof input[0] === "number" ? 1 : input.length;

const encoder = new TextEncoder();
