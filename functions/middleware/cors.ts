/**
 * Lets pages of the origins that the deployment names ask from a browser (CORS, as the Fetch standard has
 * it). Routes of admins are left out: their credential does not belong in a page.
 * @module
 */
import { type CorsOrigins, parseCorsOrigins } from "../../contract/cors-origins.ts";
import { settingsOf } from "../../contract/settings.ts";
import type { App, Ctx, Middleware } from "../context.ts";
import { authenticateAdmin } from "./auth.ts";

// Two hours, as long as any browser but one keeps it: a page asks for leave once, and not before every POST.
const MAX_AGE_S = "7200";
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

// What clients send. The standard knows no prefixes in its answer, so the asked ones are picked by these.
const ALLOWED =
  /^(?:accept|authorization|content-(?:type|encoding|digest)|idempotency-key|if-none-match|inference-header-content-length|last-event-id|openai-(?:beta|organization|project)|perigee-[\w-]+|trace(?:parent|state)|x-request-id|x-session-affinity|x-stainless-[\w-]+)$/;

// What a page may read beside what every page may: what stands in the answer of these names.
const EXPOSED =
  /^(?:allow|etag|idempotency-replayed|inference-header-content-length|link|location|perigee-.+|(?:x-)?ratelimit.*|retry-after(?:-ms)?|traceparent|www-authenticate|x-should-retry)$/;
// Written by the middleware around this one, behind it.
const ALWAYS_EXPOSED = "X-Request-Id, Perigee-Request-Id, Server-Timing";

/**
 * Makes the middleware. It answers preflights, and adds its headers to every answer, errors too.
 * @param app whose routes tell which of them are an admin's
 */
export function crossOrigin(app: App): Middleware {
  return (c, next) => {
    const origin = c.req.raw.headers.get("Origin");
    // Most requests are a program's: of them a POST, which no cache keeps, costs nothing here.
    if (origin === null && c.req.method === "POST") return next();
    return answer(app, c, { origin, next });
  };
}

async function answer(
  app: App,
  c: Ctx,
  { origin, next }: { origin: string | null; next: () => Promise<void> },
): Promise<Response | void> {
  const cors_origins = originsOf(c.env);
  const asked = c.req.method === "OPTIONS"
    ? c.req.header("Access-Control-Request-Method")
    : undefined;
  const isAllowed = origin !== null && cors_origins.allows(origin) &&
    !isAdmins(app, asked ?? c.req.method, c.req.path);
  if (isAllowed && asked !== undefined) return preflight(c, origin);
  await next();
  // Also where the header is not: a cache must not give to a page what it kept for a program.
  if (!cors_origins.isEmpty) c.header("Vary", "Origin", { append: true });
  if (!isAllowed) return;
  const exposed = [...c.res.headers.keys()].filter((name) => EXPOSED.test(name));
  c.header("Access-Control-Allow-Origin", origin);
  c.header("Access-Control-Expose-Headers", [ALWAYS_EXPOSED, ...exposed].join(", "));
  // Else a browser keeps the steps of Server-Timing from the page's own measurements.
  c.header("Timing-Allow-Origin", origin);
}

const NONE = parseCorsOrigins("");

/** None while a setting is not usable: the route says which, as readiness does. */
function originsOf(env: Env): CorsOrigins {
  try {
    return settingsOf(env).cors_origins;
  } catch {
    return NONE;
  }
}

function preflight(c: Ctx, origin: string): Response {
  const headers = (c.req.header("Access-Control-Request-Headers") ?? "").toLowerCase().split(",")
    .map((name) => name.trim()).filter((name) => ALLOWED.test(name));
  return c.body(null, 204, {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": headers.join(", "),
    "Access-Control-Max-Age": MAX_AGE_S,
    Vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
}

const isAdmins = (app: App, method: string, path: string): boolean =>
  app.router.match(method === "HEAD" ? "GET" : method, path)[0]
    .some(([[handler]]) => handler === authenticateAdmin);
