/**
 * What requests of the OpenAI-compatible routes have in common. Unknown fields are ignored, as clients
 * send new ones; a field that is null counts as not given.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Origin } from "../origin.ts";
import { Class, DeadlineMs, Objective } from "../placement.ts";
import { Policy } from "../policy.ts";

/** The mesh's own, beside OpenAI's fields. */
export const PerigeeRequest = z.object({
  origin: Origin.optional().openapi({
    description: "Default: the header Perigee-Origin, else the position that the network gives",
  }),
  class: Class.optional().openapi({ description: "Default: what service_tier stands for" }),
  deadline_ms: DeadlineMs.optional(),
  policy: Policy.optional(),
  objective: Objective.optional(),
}).openapi("PerigeeRequest");

/** The mesh's own, as a request has it. */
export type PerigeeRequest = z.infer<typeof PerigeeRequest>;

/** The fields that every request has. */
export const SHARED = {
  model: z.string().min(1).max(256).openapi({ example: "llama-3.1-8b-instruct" }),
  perigee: PerigeeRequest.nullish(),
};

/** The fields of requests whose answer is text. */
export const SAMPLING = {
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  service_tier: z.string().max(32).nullish().openapi({
    description: "priority: realtime; flex: batch; else interactive",
  }),
};

/** By which asks say that they share a beginning; the header x-session-affinity comes before it. */
export const PromptCacheKey = z.string().max(256).nullish().openapi({
  description:
    "Asks of one session go to the node that answered it last, where its prompt is cached",
});

/** The further fields of completions, which go to the engine as they are. */
export const CHOICES = {
  n: z.int().min(1).max(8).nullish(),
  stop: z.union([z.string().max(1_024), z.array(z.string().max(1_024)).max(4)]).nullish(),
  seed: z.int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};

/** How many tokens an answer may have. */
export const TokenLimit = z.int().min(1).max(1e6).nullish();

/** What was used, as OpenAI counts it; an engine may say more. */
export const Usage = z.looseObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int().optional(),
  total_tokens: z.int(),
}).openapi("TokenUsage");

/** Where an ask ran and what it cost: the extra object of every answer. Modelled figures say so. */
export const PerigeeAnswer = z.object({
  execution_id: z.string(),
  node: z.string(),
  region: z.string(),
  path: z.array(z.string()),
  sunlit: z.boolean(),
  attempts: z.int(),
  modelled_light_time_ms: z.number(),
  modelled_transfer_ms: z.number(),
  modelled_access_ms: z.number(),
  radio: z.string(),
  prompt_tokens: z.int().optional(),
  completion_tokens: z.int().optional(),
  operations: z.number().optional(),
  modelled_npu_ms: z.number().optional(),
  modelled_energy_mj: z.number().optional(),
  charge_microcredits: z.int().optional().openapi({
    description: "Absent from the first chunk of a stream, which is sent before it is known",
  }),
}).openapi("PerigeeAnswer");

/** The extra object of an answer. */
export type PerigeeAnswer = z.infer<typeof PerigeeAnswer>;
