/**
 * Counts requests by route and status, and how long they took, for GET /metrics.
 * @module
 */
import { routePath } from "hono/route";
import { Counter, Histogram, register } from "../../telemetry/metrics.ts";
import { isolateSpans } from "../../telemetry/tracer.ts";
import type { Ctx } from "../context.ts";

const requests = register(
  new Counter({
    name: "perigee_http_requests_total",
    help: "Requests that this isolate has answered.",
    labels: ["method", "route", "status"],
  }),
);

const durations = register(
  new Histogram({
    name: "perigee_http_request_duration_seconds",
    help:
      "From a request's arrival until its response was made, its body perhaps still to be sent.",
    labels: ["route"],
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
);

const problems = register(
  new Counter({
    name: "perigee_problems_total",
    help: "Requests that this isolate has answered with a problem, by its code.",
    labels: ["code"],
  }),
);

/** Real clock, ms since 1970; in workerd the clock stands at 0 before the first request. */
let since_ms = 0;

register({
  name: "perigee_isolate_start_time_seconds",
  type: "gauge",
  help: "When this isolate began to count; another value means another isolate.",
  samples: () => [{ value: since_ms / 1e3 }],
});

register({
  name: "perigee_spans_total",
  type: "counter",
  help: "Spans of traces that the collector took, or that were dropped.",
  samples: () => [
    { labels: { outcome: "sent" }, value: isolateSpans.counts.sent },
    { labels: { outcome: "dropped" }, value: isolateSpans.counts.dropped },
  ],
});

// A caller may make methods up.
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
// What Hono calls the path of middleware that is for all: no route took the request.
const ALL = "/*";

/**
 * Counts a request whose response is made.
 * @param took_ms since it arrived
 */
export function countResponse(c: Ctx, took_ms: number): void {
  since_ms ||= Date.now() - took_ms;
  const path = routePath(c, -1);
  const route = path === ALL ? "none" : path;
  const method = METHODS.has(c.req.method) ? c.req.method : "other";
  requests.of(method, route, `${Math.floor(c.res.status / 100)}xx`).value++;
  durations.observe(took_ms / 1e3, route);
  const problem = c.res.status >= 400 ? c.res.headers.get("Perigee-Problem") : null;
  if (problem) problems.of(problem).value++;
}
