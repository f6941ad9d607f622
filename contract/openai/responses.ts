/**
 * `POST /v1/responses` on the wire: text in, text and calls of functions out, whole or as events. Nothing is
 * stored, so no response goes on from another.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { PerigeeAnswer, PromptCacheKey, SAMPLING, SHARED, TokenLimit } from "./shared.ts";

const Part = z.object({ type: z.enum(["input_text", "output_text"]), text: z.string() });

const Message = z.object({
  type: z.literal("message").optional(),
  role: z.enum(["system", "developer", "user", "assistant"]),
  content: z.union([z.string(), z.array(Part).min(1)], {
    error: "must be a text, or parts of type input_text or output_text",
  }),
});

const FunctionCall = z.object({
  type: z.literal("function_call"),
  call_id: z.string().min(1).max(256),
  name: z.string().min(1).max(256),
  arguments: z.string(),
});

const FunctionCallOutput = z.object({
  type: z.literal("function_call_output"),
  call_id: z.string().min(1).max(256),
  output: z.union([z.string(), z.array(Part)], {
    error: "must be a text, or parts of type input_text",
  }),
});

const Item = z.union([Message, FunctionCall, FunctionCallOutput], {
  error: "must be a message, a function_call or a function_call_output",
});

const Tool = z.object({
  type: z.literal("function", { error: "must be function: the mesh has no tools of its own" }),
  name: z.string().min(1).max(256),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.object({ type: z.literal("function"), name: z.string().min(1).max(256) }),
], { error: "must be none, auto, required or a function" });

const Format = z.looseObject({
  type: z.literal("text", { error: "must be text: responses here have no other form" }),
});

/** A request of responses. */
export const ResponseRequest = z.object({
  ...SHARED,
  ...SAMPLING,
  input: z.union([z.string(), z.array(Item).min(1).max(4_096)], {
    error: "must be a text, or messages, calls and their outputs",
  }),
  instructions: z.string().nullish(),
  max_output_tokens: TokenLimit,
  prompt_cache_key: PromptCacheKey,
  metadata: z.record(z.string(), z.string()).nullish(),
  text: z.looseObject({ format: Format.nullish() }).nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
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
  output: z.array(z.union([
    z.looseObject({ type: z.literal("message"), role: z.literal("assistant") }),
    z.looseObject({
      type: z.literal("function_call"),
      call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
    }),
  ])),
  usage: z.looseObject({
    input_tokens: z.int(),
    output_tokens: z.int(),
    total_tokens: z.int(),
  }).nullable(),
  perigee: PerigeeAnswer.optional(),
}).openapi("Response");
