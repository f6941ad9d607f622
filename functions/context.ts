/**
 * The web framework's types, with our variables in them. Only middleware and route handlers import
 * this file; what lies below them takes Services.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Services } from "./services.ts";

/** What the web framework knows of a request: workerd's bindings, and our Services. */
export interface AppEnv {
  Bindings: Env;
  Variables: { services: Services };
}

/** The app that routes are added to. */
export type App = OpenAPIHono<AppEnv>;
/** The framework's context of one request. */
export type Ctx = Context<AppEnv>;
/** A function of the framework that runs before a route's handler. */
export type Middleware = MiddlewareHandler<AppEnv>;
