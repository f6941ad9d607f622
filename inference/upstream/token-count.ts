/**
 * Counts the tokens of an answer as its chunks come.
 *
 * What the engine says holds: its usage at the end, or with each chunk. A chunk of which it does not say
 * counts as one token for each choice that gets anything in it: most engines send one token a chunk.
 * @module
 */
import { type JsonObject, objectOf } from "./upstream.ts";
import type { TokenUse } from "../../mesh/billing/tokens.ts";

/** The tokens of one answer so far. */
export class TokenCount {
  #prompt_tokens: number;
  #completion_tokens = 0;
  #usage: JsonObject | null = null;

  /** @param prompt_tokens what the prompt is taken for until the engine says what it is */
  constructor(prompt_tokens: number) {
    this.#prompt_tokens = prompt_tokens;
  }

  /**
   * Counts a chunk.
   * @returns whether it holds any of the answer
   */
  add(chunk: JsonObject): boolean {
    const parts = Array.isArray(chunk.choices) ? chunk.choices.filter(holdsText).length : 0;
    this.#completion_tokens += parts;
    const usage = objectOf(chunk.usage);
    if (usage) this.take(usage);
    return parts > 0;
  }

  /** Takes what the engine says of all so far. */
  take(usage: JsonObject): void {
    this.#usage = usage;
    this.#prompt_tokens = countOf(usage.prompt_tokens) ?? this.#prompt_tokens;
    this.#completion_tokens = countOf(usage.completion_tokens) ?? this.#completion_tokens;
  }

  /** What has been counted. */
  get use(): TokenUse {
    return {
      prompt_tokens: this.#prompt_tokens,
      completion_tokens: this.#completion_tokens,
    };
  }

  /** The last that the engine said; null: nothing. */
  get usage(): JsonObject | null {
    return this.#usage;
  }
}

const TEXTS = ["content", "reasoning_content", "reasoning", "refusal", "text"];

/** Whether a choice of a chunk holds any of the answer: text, or a part of a tool's call. */
function holdsText(value: unknown): boolean {
  const choice = objectOf(value);
  if (!choice) return false;
  const part = objectOf(choice.delta) ?? choice;
  return TEXTS.some((name) => typeof part[name] === "string" && part[name] !== "") ||
    Array.isArray(part.tool_calls) && part.tool_calls.length > 0;
}

const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
