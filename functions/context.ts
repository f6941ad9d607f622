/**
 * What every handler knows of its request: Hono's environment, typed once.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Caller } from "./auth.ts";
import type { Steps } from "./steps.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    request_id: string;
    steps: Steps;
    /** Set by authenticate(). */
    caller: Caller;
  };
}

export type App = OpenAPIHono<AppEnv>;
export type Ctx = Context<AppEnv>;
