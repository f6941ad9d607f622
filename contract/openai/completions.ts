/**
 * `POST /v1/completions` on the wire: the older API, a prompt without messages.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { CHOICES, PerigeeAnswer, SAMPLING, SHARED, TokenLimit, Usage } from "./shared.ts";

const Tokens = z.array(z.int().min(0)).min(1);

/** Texts or tokens: one, or several, of which each is asked by itself. */
export const Prompt = z.union([
  z.string(),
  z.array(z.string()).min(1).max(128),
  Tokens,
  z.array(Tokens).min(1).max(128),
], { error: "must be a text, texts, tokens, or arrays of tokens" });

/** A request of completions. */
export const CompletionRequest = z.object({
  ...SHARED,
  ...SAMPLING,
  ...CHOICES,
  prompt: Prompt,
  max_tokens: TokenLimit,
  echo: z.literal(false, { error: "must be false: prompts are not sent back" }).nullish(),
  best_of: z.literal(1, { error: "must be 1: what is thrown away would be billed" }).nullish(),
  suffix: z.string().nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
}).openapi("CompletionRequest");

/** A request of completions. */
export type CompletionRequest = z.infer<typeof CompletionRequest>;

/** The answer where no stream is asked for. */
export const Completion = z.looseObject({
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(z.looseObject({
    index: z.int(),
    text: z.string(),
    finish_reason: z.string().nullable(),
  })),
  usage: Usage,
  perigee: PerigeeAnswer,
}).openapi("Completion");
