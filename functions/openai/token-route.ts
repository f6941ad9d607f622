/**
 * What the OpenAI-compatible routes have in common besides their requests.
 * @module
 */
import { json, problems } from "../../contract/responses.ts";
import type { Middleware } from "../context.ts";
import { z } from "@hono/zod-openapi";

const Events = z.string().openapi({
  description: "Server-sent events, ended by `data: [DONE]`; an error ends them without it",
});

/**
 * The responses of a route, for its description.
 * @param schema of the answer where no stream is asked for
 * @param streams whether it answers with events where the caller asks for them
 */
export function tokenResponses<S extends z.ZodType>(schema: S, streams = true) {
  const answer = json("The answer, and in `perigee` where it was made", schema);
  return {
    200: {
      ...answer,
      content: {
        ...answer.content,
        ...(streams && { "text/event-stream": { schema: Events } }),
      },
    },
    ...problems(
      "invalid_request",
      "unauthenticated",
      "budget_exhausted",
      "forbidden",
      "model_not_found",
      "unsupported_media_type",
      "deadline",
      "rate_limited",
      "engine_unavailable",
    ),
  };
}

/** Adds `retry-after-ms`, which OpenAI's clients prefer, wherever there is a Retry-After. */
export const retryAfterInMs: Middleware = async (c, next) => {
  await next();
  const { headers } = c.res;
  const seconds = headers.get("Retry-After");
  if (seconds && !headers.has("retry-after-ms")) {
    c.header("retry-after-ms", String(Number(seconds) * 1e3));
  }
};
