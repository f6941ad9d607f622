/**
 * The web framework's types, with our variables in them. Only middleware and route handlers import
 * this file; what lies below them takes Services.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Services } from "./services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: { services: Services };
}

export type App = OpenAPIHono<AppEnv>;
export type Ctx = Context<AppEnv>;
export type Middleware = MiddlewareHandler<AppEnv>;
