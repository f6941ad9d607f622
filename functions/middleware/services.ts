/**
 * Middleware around every route: makes the request's Services, and writes its id and its timings into
 * the response.
 * @module
 */
import type { Middleware } from "../context.ts";
import { Services } from "../services.ts";
import { countResponse } from "./request-metrics.ts";
import { beginRequestSpan, endRequestSpan } from "./request-span.ts";

/** Makes the Services of a request and sets `c.var.services`. */
export const provideServices: Middleware = async (c, next) => {
  const request_id = requestIdOf(c.req.raw.headers);
  const services = new Services({
    env: c.env,
    request: c.req.raw,
    request_id,
    span: beginRequestSpan(c.env, c.req.raw, request_id),
    after: (work) => c.executionCtx.waitUntil(work),
    setHeader: (name, value) => c.header(name, value),
  });
  c.set("services", services);
  await next();
  if (!services.room.isLent) services.room.leave();
  // Not c.header(): on a response that is there, each call of it copies the whole response.
  const { headers } = c.res;
  headers.set("X-Request-Id", services.request_id);
  headers.set("Perigee-Request-Id", services.request_id);
  headers.set("Server-Timing", services.timing.header());
  countResponse(c, services.timing.total());
  if (services.span) endRequestSpan(services, services.span, c);
};

/** The caller's own id, if it is harmless in a header and in a log; else a new one. */
function requestIdOf(headers: Headers): string {
  const given = headers.get("X-Request-Id");
  return given && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}
