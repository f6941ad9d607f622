/**
 * Makes every POST route: authentication, then `Idempotency-Key`, then the route's own middleware,
 * and the description that goes with them. A test over all routes finds a POST that is not made
 * here.
 * @module
 */
import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { Handler } from "hono";
import { OipError } from "../../contract/oip.ts";
import { ADMIN, json, KEY, problems } from "../../contract/responses.ts";
import type { Scope } from "../../ledger/schema/api-keys.ts";
import type { App, AppEnv, Middleware } from "../context.ts";
import { authenticate, authenticateAdmin } from "../middleware/auth.ts";
import { SMALL_BYTES_MAX } from "../middleware/body.ts";
import { type BytesMaxOf, idempotency } from "./idempotency.ts";

interface PostConfig extends Omit<RouteConfig, "method" | "security" | "middleware"> {
  /** An admin's credential, or a tenant's key with this scope. */
  asks: "admin" | { scope: Scope };
  /** The route's own; it runs behind authentication and Idempotency-Key. */
  middleware?: Middleware;
  /** How large a body it takes, if that is not what limitedJson takes. */
  bytesMaxOf?: BytesMaxOf;
}

/** A route as `createRoute()` makes it, with the POST's parts filled in. */
type PostRoute<Config extends PostConfig> = Omit<Config, "asks" | "middleware" | "bytesMaxOf"> & {
  method: "post";
  middleware: Middleware[];
  getRoutingPath(): string;
};

/**
 * Makes a POST route. The problems that authentication and Idempotency-Key may answer with are
 * added to its responses.
 */
export function postRoute<Path extends string, Config extends PostConfig & { path: Path }>(
  { asks, middleware, bytesMaxOf = () => SMALL_BYTES_MAX, ...config }: Config & { path: Path },
): PostRoute<Config> {
  const own = asks === "admin" ? POST_PROBLEMS : TENANT_PROBLEMS;
  const known = config.path.startsWith("/v2") ? inOip(own) : own;
  const route = createRoute({
    ...config,
    method: "post",
    security: asks === "admin" ? ADMIN : KEY,
    middleware: [
      asks === "admin" ? authenticateAdmin : authenticate(asks.scope),
      idempotency(asks === "admin" ? "admin" : "key", bytesMaxOf),
      ...(middleware ? [middleware] : []),
    ],
    responses: { ...known, ...config.responses },
    parameters: [HEADER],
  });
  // The responses that are added here are problems, which a handler throws and does not return.
  return route as unknown as PostRoute<Config>;
}

/**
 * Serves a route whose handler reads the body itself, and not through the router's validator.
 * @param paths each serves the route; the description has only the path of the route itself
 */
export function servePlainPost(
  app: App,
  { middleware, ...route }: PostRoute<PostConfig>,
  { paths, handle }: { paths: string[]; handle: Handler<AppEnv> },
): void {
  app.openAPIRegistry.registerPath(route);
  app.on("POST", paths, ...[...middleware, handle]);
}

const HEADER = {
  name: "Idempotency-Key",
  in: "header" as const,
  required: false,
  schema: { type: "string" as const, minLength: 1, maxLength: 255 },
  description: "The same key again, within 24 h and with the same body, gets the same answer",
};

const POST_PROBLEMS = problems("invalid_request", "conflict", "key_reused", "body_too_large");

/** A tenant's requests count against its rate. */
const TENANT_PROBLEMS = { ...POST_PROBLEMS, ...problems("rate_limited", "budget_unavailable") };

/** The same statuses, in the body that the Open Inference Protocol has. */
const inOip = (known: typeof POST_PROBLEMS) =>
  Object.fromEntries(
    Object.entries(known).map((
      [status, { description }],
    ) => [status, json(description, OipError)]),
  );
