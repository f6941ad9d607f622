/**
 * Puts `Idempotency-Key` into every POST route that is registered from here on, behind its
 * authentication, and into its description: one place, which no new route can forget.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { problems } from "../../contract/responses.ts";
import { OipError } from "../../contract/oip.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import type { App, AppEnv } from "../context.ts";
import { idempotency } from "./idempotency.ts";

const HEADER = {
  name: "Idempotency-Key",
  in: "header" as const,
  required: false,
  schema: { type: "string" as const, minLength: 1, maxLength: 255 },
  description: "The same key again, within 24 h and with the same body, gets the same answer",
};

type Middleware = MiddlewareHandler<AppEnv>;

/** Whoever is let in by anything else has a caller, or the request fails before it touches a key. */
const asked = (authenticate: Middleware) => authenticate === authenticateAdmin ? "admin" : "key";

// The router's own types describe each route's handler; here all are the same.
// deno-lint-ignore no-explicit-any
type Route = any;

/** @param app has no route yet: what it has is not covered */
export function repeatable(app: App): App {
  const { openapi, post } = app;
  const { registerPath } = app.openAPIRegistry;
  app.openapi = ((route: Route, ...rest: [Route]) =>
    openapi(
      route.method === "post" ? { ...route, middleware: behind(route) } : route,
      ...rest,
    )) as typeof app.openapi;
  app.post = ((path: string, authenticate: Middleware, ...rest: Middleware[]) =>
    // A route with nothing before its handler is open to everybody: nobody's keys are kept.
    rest.length === 0 ? post(path, authenticate) : (post as Route)(
      path,
      authenticate,
      idempotency(asked(authenticate)),
      ...rest,
    )) as typeof app.post;
  app.openAPIRegistry.registerPath = (route) =>
    registerPath.call(app.openAPIRegistry, route.method === "post" ? described(route) : route);
  return app;
}

/** A route's first middleware is its authentication. */
function behind({ middleware, security }: Route): Middleware[] {
  const [authenticate, ...rest]: Middleware[] = [middleware ?? []].flat();
  if (!authenticate) return [];
  const admin = security.some((one: object) => "admin" in one);
  return [authenticate, idempotency(admin ? "admin" : "key"), ...rest];
}

function described(route: Route): Route {
  const known = route.path.startsWith("/v2") ? OIP_PROBLEMS : POST_PROBLEMS;
  return {
    ...route,
    parameters: [...route.parameters ?? [], HEADER],
    responses: { ...known, ...route.responses },
  };
}

const POST_PROBLEMS = problems("invalid_request", "conflict", "key_reused", "body_too_large");

const OIP_PROBLEMS = Object.fromEntries(
  Object.entries(POST_PROBLEMS).map(([status, { description }]) => [
    status,
    { description, content: { "application/json": { schema: OipError } } },
  ]),
);
