/**
 * `POST /v1/responses`: text in, text and calls of functions out, whole or as events. Engines are asked as for chat.
 * @module
 */
import { ResponseJson, ResponseRequest } from "../../contract/openai/responses.ts";
import { objectOf } from "../../inference/upstream/upstream.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { answerHeaders } from "../infer/answer.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import type { Services } from "../services.ts";
import { usageObject } from "./answer-object.ts";
import { engineModelOf } from "./engine-model.ts";
import { eventBody, eventHeaders } from "./event-stream.ts";
import { textSize } from "./prompt-size.ts";
import { bytesUp, given, placingOf, tokensMax } from "./request-parts.ts";
import { ResponseForm, responseObject } from "./response-form.ts";
import { itemsOf } from "./response-items.ts";
import { messagesOf, toolFields } from "./response-messages.ts";
import { thinkUpstream } from "./think-upstream.ts";
import type { TokensRequest } from "./tokens-request.ts";
import { retryAfterInMs, tokenResponses } from "./token-route.ts";

const definition = postRoute({
  asks: { scope: "infer" },
  path: "/v1/responses",
  operationId: "createResponse",
  tags: ["openai"],
  summary: "Have a language model answer a text, on the nearest available node",
  middleware: limitedJson,
  request: {
    body: { required: true, content: { "application/json": { schema: ResponseRequest } } },
  },
  responses: tokenResponses(ResponseJson),
});

/** Adds the route. */
export function serveResponses(app: App): void {
  app.use(definition.path, retryAfterInMs);
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const request = c.req.valid("json");
    const answer = await thinkUpstream(services, await responseAsk(services, request));
    const now_ms = Date.now();
    if (answer.is === "stream") {
      const { stream } = answer;
      const form = new ResponseForm({ request, now_ms, planned: stream.planned });
      return c.body(eventBody(services, stream, form), 200, eventHeaders(stream)) as never;
    }
    const { body, execution } = answer;
    const choice = objectOf((body.choices as unknown[])[0]);
    const whole = responseObject({ request, now_ms, planned: execution }, {
      items: itemsOf(objectOf(choice?.message)),
      finish_reason: String(choice?.finish_reason),
      usage: usageObject(execution, objectOf(body.usage)),
      execution,
    });
    return c.json(whole, 200, answerHeaders({ execution })) as never;
  });
}

async function responseAsk(services: Services, request: ResponseRequest): Promise<TokensRequest> {
  const { temperature, top_p, max_output_tokens } = request;
  const model = await engineModelOf(services, request.model, "chat");
  const messages = messagesOf(request);
  const tools = toolFields(request);
  const placing = placingOf(services, request);
  const prompt_cache_key = request.prompt_cache_key && placing.session;
  return {
    ...placing,
    model,
    api: "chat",
    body: given({ messages, temperature, top_p, prompt_cache_key, ...tools }),
    prompt: textSize([messages, tools.tools, tools.tool_choice]),
    max_tokens: tokensMax(model, max_output_tokens, "max_output_tokens"),
    choices: 1,
    stream: request.stream ?? false,
    bytes_up: bytesUp(services, request),
  };
}
