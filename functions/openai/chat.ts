/**
 * `POST /v1/chat/completions`: messages in, a message out, whole or as events.
 * @module
 */
import { ChatCompletion, ChatRequest } from "../../contract/openai/chat.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import type { Services } from "../services.ts";
import { completionAnswer } from "./completion-answer.ts";
import { engineModelOf } from "./engine-model.ts";
import { textSize } from "./prompt-size.ts";
import { bytesUp, given, placingOf, tokensMax } from "./request-parts.ts";
import { thinkUpstream, type TokensRequest } from "./think-upstream.ts";
import { retryAfterInMs, tokenResponses } from "./token-route.ts";

const definition = postRoute({
  asks: { scope: "infer" },
  path: "/v1/chat/completions",
  operationId: "createChatCompletion",
  tags: ["openai"],
  summary: "Have a language model answer messages, on the nearest available node",
  middleware: limitedJson,
  request: { body: { required: true, content: { "application/json": { schema: ChatRequest } } } },
  responses: tokenResponses(ChatCompletion),
});

/** Adds the route. */
export function serveChat(app: App): void {
  app.use(definition.path, retryAfterInMs);
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const request = c.req.valid("json");
    const answer = await thinkUpstream(services, await chatAsk(services, request));
    const { body, headers } = completionAnswer(services, answer, {
      model: request.model,
      object: "chat.completion",
      include_usage: request.stream_options?.include_usage ?? false,
    });
    return c.body(body, 200, headers) as never;
  });
}

async function chatAsk(services: Services, request: ChatRequest): Promise<TokensRequest> {
  const {
    model: name,
    perigee: _,
    service_tier: __,
    stream_options: ___,
    stream,
    max_tokens,
    max_completion_tokens,
    ...fields
  } = request;
  const model = await engineModelOf(services, name, "chat");
  const { messages, tools, response_format, tool_choice } = fields;
  const limit = max_completion_tokens ?? max_tokens;
  const field = (max_completion_tokens ?? null) === null ? "max_tokens" : "max_completion_tokens";
  return {
    ...placingOf(services, request),
    model,
    api: "chat",
    body: given(fields as JsonObject),
    prompt: textSize([messages, tools, response_format, tool_choice]),
    max_tokens: tokensMax(model, limit, field),
    choices: fields.n ?? 1,
    stream: stream ?? false,
    bytes_up: bytesUp(services, request),
  };
}
