/**
 * What requests of completions have in common, of messages and of text: how each becomes an ask, and how it
 * is answered, with a body or with events.
 * @module
 */
import type { EngineApi } from "../../contract/engines.ts";
import type { PerigeeRequest } from "../../contract/openai/shared.ts";
import { objectOf } from "../../inference/upstream/upstream.ts";
import { answerHeaders } from "../infer/answer.ts";
import { ranObject, usageObject } from "./answer-object.ts";
import { CompletionForm } from "./chat-form.ts";
import { engineModelOf } from "./engine-model.ts";
import { eventBody, eventHeaders } from "./event-stream.ts";
import { bytesUp, given, placingOf, tokensMax } from "./request-parts.ts";
import type { Services } from "../services.ts";
import { thinkUpstream } from "./think-upstream.ts";
import type { TokensRequest } from "./tokens-request.ts";

/** What a response is made of. */
interface ResponseParts {
  body: string | ReadableStream<Uint8Array>;
  headers: Record<string, string>;
}

/** The fields of a request that do not go to the engine as they are; all others do. */
interface CompletionRequest {
  model: string;
  perigee?: PerigeeRequest | null;
  service_tier?: string | null;
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean | null } | null;
  prompt_cache_key?: string | null;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;
}

/**
 * Makes the ask of a request.
 * @throws ProblemError as engineModelOf(), placingOf() and tokensMax() do
 */
export async function completionAsk(
  services: Services,
  request: CompletionRequest,
  { api, prompt, choices }: { api: EngineApi } & Pick<TokensRequest, "prompt" | "choices">,
): Promise<TokensRequest> {
  const {
    model: name,
    perigee: _,
    service_tier: __,
    stream_options: ___,
    stream,
    prompt_cache_key,
    max_tokens,
    max_completion_tokens,
    ...fields
  } = request;
  const model = await engineModelOf(services, name, api);
  const [limit, field] = (max_completion_tokens ?? null) === null
    ? [max_tokens, "max_tokens"]
    : [max_completion_tokens, "max_completion_tokens"];
  const placing = placingOf(services, request);
  return {
    ...placing,
    model,
    api,
    body: given({ ...fields, prompt_cache_key: prompt_cache_key && placing.session }),
    prompt,
    max_tokens: tokensMax(model, limit, field),
    choices,
    stream: stream ?? false,
    bytes_up: bytesUp(services, request),
  };
}

/**
 * Has an ask answered.
 * @param request of which completionAsk() made it
 * @returns the body and the headers of the response
 */
export async function completionAnswer(
  services: Services,
  ask: TokensRequest,
  request: CompletionRequest,
  object: "chat.completion" | "text_completion",
): Promise<ResponseParts> {
  const { model } = request;
  const answer = await thinkUpstream(services, ask);
  const isChat = object === "chat.completion";
  if (answer.is === "stream") {
    const { stream } = answer;
    const form = new CompletionForm({
      model,
      object: isChat ? "chat.completion.chunk" : "text_completion",
      include_usage: request.stream_options?.include_usage ?? false,
      now_ms: Date.now(),
      planned: stream.planned,
    });
    return { body: eventBody(services, stream, form), headers: eventHeaders(stream) };
  }
  const { body, execution } = answer;
  const whole = {
    ...body,
    id: `${isChat ? "chatcmpl" : "cmpl"}-${execution.receipt.id}`,
    object,
    created: Math.floor(Date.now() / 1e3),
    model,
    usage: usageObject(execution, objectOf(body.usage)),
    perigee: ranObject(execution),
  };
  return {
    body: JSON.stringify(whole),
    headers: { "Content-Type": "application/json", ...answerHeaders({ execution }) },
  };
}
