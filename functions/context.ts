/**
 * What every handler knows of its request: Hono's environment, typed once.
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Caller } from "./middleware/auth.ts";
import type { ServerTiming } from "./middleware/server-timing.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    request_id: string;
    timing: ServerTiming;
    /** Set by authenticate(). */
    caller: Caller;
    /** Set for a request with an Idempotency-Key: what its next execution is called. */
    execution_id?: string;
    /** It may have run before, and been paid for by another lease. */
    repeated?: boolean;
  };
}

export type App = OpenAPIHono<AppEnv>;
export type Ctx = Context<AppEnv>;
