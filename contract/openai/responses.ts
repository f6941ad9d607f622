/**
 * `POST /v1/responses` on the wire: text in, text and a stream of events out. Nothing is stored, so no
 * response goes on from another, and no tools are called.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { PerigeeAnswer, PromptCacheKey, SAMPLING, SHARED, TokenLimit } from "./shared.ts";

const Part = z.object({ type: z.enum(["input_text", "output_text"]), text: z.string() });

const Item = z.object({
  type: z.literal("message").optional(),
  role: z.enum(["system", "developer", "user", "assistant"]),
  content: z.union([z.string(), z.array(Part).min(1)], {
    error: "must be a text, or parts of type input_text or output_text",
  }),
});

const Format = z.looseObject({
  type: z.literal("text", { error: "must be text: responses here have no other form" }),
});

/** A request of responses. */
export const ResponseRequest = z.object({
  ...SHARED,
  ...SAMPLING,
  input: z.union([z.string(), z.array(Item).min(1).max(4_096)], {
    error: "must be a text, or messages of text",
  }),
  instructions: z.string().nullish(),
  max_output_tokens: TokenLimit,
  prompt_cache_key: PromptCacheKey,
  metadata: z.record(z.string(), z.string()).nullish(),
  text: z.looseObject({ format: Format.nullish() }).nullish(),
  tools: z.array(z.unknown()).max(0, "must be empty: responses here are text").nullish(),
  previous_response_id: z.null({ error: "must be null: no response is stored" }).optional(),
  conversation: z.null({ error: "must be null: no conversation is stored" }).optional(),
  background: z.literal(false, { error: "must be false" }).nullish(),
}).openapi("ResponseRequest");

/** A request of responses. */
export type ResponseRequest = z.infer<typeof ResponseRequest>;

/** The answer where no stream is asked for. */
export const ResponseJson = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  created_at: z.int(),
  status: z.enum(["in_progress", "completed", "incomplete"]),
  model: z.string(),
  output: z.array(z.looseObject({ type: z.literal("message"), role: z.literal("assistant") })),
  usage: z.looseObject({
    input_tokens: z.int(),
    output_tokens: z.int(),
    total_tokens: z.int(),
  }).nullable(),
  perigee: PerigeeAnswer.optional(),
}).openapi("Response");
