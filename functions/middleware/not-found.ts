/**
 * The problem for a request that no route takes: 400 for a part of a protocol that is not served, 405 with
 * the methods that its path takes, else 404.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { App, Ctx } from "../context.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
// A path can be kilobytes long; the problem repeats no more of it.
const SHOWN_MAX = 128;

// Parts of the protocol, and of Triton's extensions to it, that Triton's clients ask for.
const NOT_SUPPORTED: readonly [RegExp, string][] = [
  [/^\/v2\/(system|cuda)sharedmemory\b/, "Shared memory is not supported"],
  [/^\/v2\/repository\/models\//, "Models are not loaded or unloaded by callers"],
  [/^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/config$/, "Model configuration is not supported"],
  [/^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/generate(_stream)?$/, "Generate is not supported"],
  [/^\/v2\/(models\/[^/]+\/)?trace\/setting$/, "Trace settings are not supported"],
  [/^\/v2\/logging$/, "Log settings are not supported"],
];

/**
 * Makes the problem of a request that no route takes.
 * @param app whose routes may take the path by another method
 */
export function unknownPath(app: App, c: Ctx): ProblemError {
  const path = c.req.path;
  const shown = path.slice(0, SHOWN_MAX);
  const taken = METHODS.filter((method) =>
    // Hono registers middleware under "ALL": such an entry is not a route.
    app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL")
  );
  const unsupported = NOT_SUPPORTED.find(([pattern]) => pattern.test(path));
  if (unsupported) return new ProblemError("not_supported", unsupported[1]);
  if (taken.length === 0) return new ProblemError("not_found", `Nothing is at ${shown}`);
  const allow = taken.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : method).join(", ");
  return new ProblemError("method_not_allowed", `${shown} takes ${allow}`, {
    headers: { Allow: allow },
  });
}
