/**
 * `POST /v1/chat/completions`: messages in, a message out, whole or as events.
 * @module
 */
import { ChatCompletion, ChatRequest } from "../../contract/openai/chat.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import { completionAnswer, completionAsk } from "./completion.ts";
import { textSize } from "./prompt-size.ts";
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
    const { messages, tools, response_format, tool_choice, n } = request;
    const ask = await completionAsk(services, request, {
      api: "chat",
      prompt: textSize([messages, tools, response_format, tool_choice]),
      choices: n ?? 1,
    });
    const { body, headers } = await completionAnswer(services, ask, request, "chat.completion");
    return c.body(body, 200, headers) as never;
  });
}
