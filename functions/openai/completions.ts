/**
 * `POST /v1/completions`: a prompt in, text out, whole or as events.
 * @module
 */
import { Completion, CompletionRequest } from "../../contract/openai/completions.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import { completionAnswer, completionAsk } from "./completion.ts";
import { inputCount, inputSize } from "./prompt-size.ts";
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
    const { n, suffix } = request;
    const prompt = inputSize(request.prompt);
    const behind = new TextEncoder().encode(suffix ?? "").length;
    const ask = await completionAsk(services, request, {
      api: "completions",
      prompt: { ...prompt, tokens_max: prompt.tokens_max + behind },
      choices: (n ?? 1) * inputCount(request.prompt),
    });
    const { body, headers } = await completionAnswer(services, ask, request, "text_completion");
    return c.body(body, 200, headers) as never;
  });
}
