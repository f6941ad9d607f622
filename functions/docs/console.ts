/**
 * `/`: the console, a page of its own for people (console/). Its files are static assets, which a
 * deployment answers with before it asks the worker, by the rules of `_headers`; the emulator has the
 * worker hand them out, by the same rules.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../context.ts";
import { CONSOLE_FILES, CONSOLE_HEADERS, consoleType } from "./console-headers.ts";

/** Adds `/` and the console's files. */
export function serveConsole(app: App): void {
  for (const [path, file] of Object.entries(CONSOLE_FILES)) {
    app.get(path, async (c) => {
      const { ok, body } = await c.env.ASSETS.fetch(new URL(file, c.req.url));
      if (!ok || !body) {
        throw new ProblemError("not_found", "The file was not deployed, or not made");
      }
      return c.body(body, 200, { ...CONSOLE_HEADERS, "Content-Type": consoleType(file) });
    });
  }
}
