/**
 * `POST /v1/chat/completions` on the wire: text in, text and calls of tools out.
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  CHOICES,
  PerigeeAnswer,
  PromptCacheKey,
  SAMPLING,
  SHARED,
  TokenLimit,
  Usage,
} from "./shared.ts";

// Of an image or a sound nobody knows beforehand how many tokens it is, and a budget is kept to the token.
const Content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal("text"), text: z.string() })).min(1),
], { error: "must be a text, or parts of type text: images, sound and files are not taken" });

const ToolCall = z.object({
  id: z.string().max(256),
  type: z.literal("function"),
  function: z.object({ name: z.string().max(256), arguments: z.string() }),
});

const Message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: Content.nullish(),
  name: z.string().max(256).optional(),
  tool_calls: z.array(ToolCall).max(128).optional(),
  tool_call_id: z.string().max(256).optional(),
});

const Tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().max(256),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().nullish(),
  }),
});

/** A request of chat completions. */
export const ChatRequest = z.object({
  ...SHARED,
  ...SAMPLING,
  ...CHOICES,
  messages: z.array(Message).min(1).max(4_096),
  max_tokens: TokenLimit,
  max_completion_tokens: TokenLimit,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.looseObject({ type: z.string().max(64) }).nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: z.union([z.string().max(64), z.looseObject({ type: z.string().max(64) })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning_effort: z.string().max(32).nullish(),
  prompt_cache_key: PromptCacheKey,
}).openapi("ChatCompletionRequest");

/** A request of chat completions. */
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The answer where no stream is asked for. */
export const ChatCompletion = z.looseObject({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(z.looseObject({
    index: z.int(),
    message: z.looseObject({ role: z.string(), content: z.string().nullish() }),
    finish_reason: z.string().nullable(),
  })),
  usage: Usage,
  perigee: PerigeeAnswer,
}).openapi("ChatCompletion");
/** The answer where no stream is asked for. */
export type ChatCompletion = z.infer<typeof ChatCompletion>;
