/**
 * `/openapi.json` and `/docs`: the API's description, from the same schemas that check requests.
 * @module
 */
import { ProblemError, PROBLEMS } from "../../contract/problem.ts";
import type { App } from "../context.ts";
import { serveConstant } from "./constant.ts";
import { describe } from "./description.ts";
import {
  CONTENT_SECURITY_POLICY,
  renderDocs,
  SCALAR_PATH,
  START,
  START_PATH,
} from "./docs-page.ts";

const SCRIPT = "text/javascript; charset=UTF-8";

/** Adds `/openapi.json`, `/docs` with its files. */
export function serveDocs(app: App): void {
  // Made at the first request, when every route is there.
  serveConstant(app, "/openapi.json", {
    type: "application/json",
    make: () => JSON.stringify(describe(app)),
  });
  serveConstant(app, "/docs", {
    type: "text/html; charset=UTF-8",
    headers: { "Content-Security-Policy": CONTENT_SECURITY_POLICY },
    make: async () => `${await renderDocs(PROBLEMS)}`,
  });
  serveConstant(app, START_PATH, { type: SCRIPT, make: () => START });
  // A deployment answers this before it asks the worker; the emulator does not.
  app.get(SCALAR_PATH, async (c) => {
    const { ok, body } = await c.env.ASSETS.fetch(c.req.url);
    if (!ok || !body) throw new ProblemError("not_found", "The file was not deployed, or not got");
    return c.body(body, 200, { "Content-Type": SCRIPT, "Cache-Control": "no-cache" });
  });
}
