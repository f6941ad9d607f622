/**
 * `POST /v1/completions`: a prompt in, text out, whole or as events.
 * @module
 */
import { Completion, CompletionRequest } from "../../contract/openai/completions.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import type { Services } from "../services.ts";
import { completionAnswer } from "./completion-answer.ts";
import { engineModelOf } from "./engine-model.ts";
import { inputCount, inputSize } from "./prompt-size.ts";
import { bytesUp, given, placingOf, tokensMax } from "./request-parts.ts";
import { thinkUpstream, type TokensRequest } from "./think-upstream.ts";
import { retryAfterInMs, tokenResponses } from "./token-route.ts";

const definition = postRoute({
  asks: { scope: "infer" },
  path: "/v1/completions",
  operationId: "createCompletion",
  tags: ["openai"],
  summary: "Have a language model go on with a text, on the nearest available node",
  middleware: limitedJson,
  request: {
    body: { required: true, content: { "application/json": { schema: CompletionRequest } } },
  },
  responses: tokenResponses(Completion),
});

/** Adds the route. */
export function serveCompletions(app: App): void {
  app.use(definition.path, retryAfterInMs);
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const request = c.req.valid("json");
    const answer = await thinkUpstream(services, await completionAsk(services, request));
    const { body, headers } = completionAnswer(services, answer, {
      model: request.model,
      object: "text_completion",
      include_usage: request.stream_options?.include_usage ?? false,
    });
    return c.body(body, 200, headers) as never;
  });
}

async function completionAsk(
  services: Services,
  request: CompletionRequest,
): Promise<TokensRequest> {
  const {
    model: name,
    perigee: _,
    service_tier: __,
    stream_options: ___,
    stream,
    max_tokens,
    ...fields
  } = request;
  const model = await engineModelOf(services, name, "completions");
  const prompt = inputSize(fields.prompt);
  const behind = new TextEncoder().encode(fields.suffix ?? "").length;
  return {
    ...placingOf(services, request),
    model,
    api: "completions",
    body: given(fields as JsonObject),
    prompt: { ...prompt, tokens_max: prompt.tokens_max + behind },
    max_tokens: tokensMax(model, max_tokens, "max_tokens"),
    choices: (fields.n ?? 1) * inputCount(fields.prompt),
    stream: stream ?? false,
    bytes_up: bytesUp(services, request),
  };
}
