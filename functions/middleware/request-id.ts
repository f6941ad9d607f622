/**
 * What surrounds every request: its id, its measured steps, and the headers that carry them back.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../context.ts";
import { ServerTiming } from "./server-timing.ts";

export const requestFrame: MiddlewareHandler<AppEnv> = async (c, next) => {
  const given = c.req.header("X-Request-Id");
  const id = given && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : crypto.randomUUID();
  const steps = new ServerTiming();
  c.set("request_id", id);
  c.set("timing", steps);
  await next();
  c.header("X-Request-Id", id);
  c.header("Perigee-Request-Id", id);
  c.header("Server-Timing", steps.header());
};
