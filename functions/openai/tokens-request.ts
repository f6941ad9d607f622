/**
 * An ask of a language model: what a route makes of its request, the most that it may take of a node and of
 * a budget, and what its engine is asked.
 * @module
 */
import type { EngineApi, EngineModel } from "../../contract/engines.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { UpstreamAsk } from "../../durable-objects/node/upstream/upstream-job.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import type { InferAsk } from "../infer/job.ts";
import type { PromptSize } from "./prompt-size.ts";

// At the highest price that a setting may have, the charge of so many is an exact integer.
const TOKENS_MAX = 9_000_000;
// An answer's characters with what JSON writes around them, for the modelled way down.
const BYTES_PER_TOKEN = 4;

/** An ask of a language model that some route has read and checked. */
export interface TokensRequest
  extends Pick<InferAsk, "origin" | "deadline_ms" | "class" | "policy" | "objective" | "bytes_up"> {
  model: EngineModel;
  api: EngineApi;
  /** As the engine takes it. */
  body: JsonObject;
  prompt: PromptSize;
  /** The most tokens of each choice; null: the answer has none. */
  max_tokens: number | null;
  /** By which the ask prefers the node that has its prompt cached; null: by none. */
  session: string | null;
  /** How many answers there will be. */
  choices: number;
  stream: boolean;
}

/**
 * What goes to the engine, and what is reserved for it.
 * @throws ProblemError `invalid_request` for more than can be counted exactly
 */
export function upstreamAskOf(
  { model, session, api, body, prompt, max_tokens, choices, stream }: TokensRequest,
): UpstreamAsk {
  const reserved = {
    prompt_tokens: prompt.tokens_max,
    completion_tokens: (max_tokens ?? 0) * choices,
  };
  const tokens = reserved.prompt_tokens + reserved.completion_tokens;
  if (tokens > TOKENS_MAX) {
    throw new ProblemError("invalid_request", `It may take ${tokens} tokens, of ${TOKENS_MAX}`);
  }
  const operations = tokens * model.operations_per_token;
  if (operations > Number.MAX_SAFE_INTEGER) {
    throw new ProblemError(
      "invalid_request",
      `It may take ${operations.toExponential(1)} operations, more than can be counted exactly`,
    );
  }
  return {
    api,
    body: JSON.stringify(body),
    stream,
    max_tokens,
    reserved,
    prompt_tokens_guess: prompt.tokens_guess,
    prices: model,
    operations_per_token: model.operations_per_token,
    ...(session !== null && { session }),
  };
}

/** The most that the ask may need of a node. */
export function askOf(
  { model, bytes_up, deadline_ms, class: askClass, objective }: TokensRequest,
  { reserved, operations_per_token }: UpstreamAsk,
): Omit<Ask, "at" | "origin" | "policy"> {
  const { prompt_tokens, completion_tokens } = reserved;
  return {
    operations: (prompt_tokens + completion_tokens) * operations_per_token,
    model: model.name,
    memory_bytes: model.memory_bytes,
    load_bytes: model.file_bytes,
    bytes_up,
    bytes_down: completion_tokens * BYTES_PER_TOKEN,
    deadline_ms,
    class: askClass,
    elevation_mask: ELEVATION_MASK,
    objective,
  };
}
