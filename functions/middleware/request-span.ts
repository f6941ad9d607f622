/**
 * The span of a whole request, by OpenTelemetry's conventions for HTTP servers.
 * @module
 */
import { routePath } from "hono/route";
import { settingsOf } from "../../contract/settings.ts";
import { readTrace } from "../../contract/trace.ts";
import type { TraceSettings } from "../../contract/trace-settings.ts";
import type { Span } from "../../telemetry/span.ts";
import { beginTrace, isolateSpans } from "../../telemetry/tracer.ts";
import type { Ctx } from "../context.ts";
import type { Services } from "../services.ts";

/** Begins the span of a request; null where no collector is set, or its trace is not recorded. */
export function beginRequestSpan(env: Env, request: Request, request_id: string): Span | null {
  const traces = tracesOf(env);
  if (!traces) return null;
  const { headers, method } = request;
  const parent = readTrace({
    traceparent: headers.get("traceparent"),
    tracestate: headers.get("tracestate"),
  });
  const span = beginTrace(traces, parent, { name: method, kind: "server" });
  if (!span) return null;
  const { pathname, protocol, hostname } = new URL(request.url);
  // Not the query: what a caller writes there is in no other record either.
  span.set({
    "http.request.method": method,
    "url.scheme": protocol.slice(0, -1),
    "url.path": pathname,
    "server.address": hostname,
    "user_agent.original": headers.get("User-Agent"),
    "perigee.request_id": request_id,
  });
  return span;
}

/** Null too for settings that are wrong: who first needs them says so, in a problem that has an id. */
function tracesOf(env: Env): TraceSettings | null {
  try {
    return settingsOf(env).traces;
  } catch {
    return null;
  }
}

/** Ends the span of a request whose response is made, and has the isolate's spans sent behind it. */
export function endRequestSpan({ env, after }: Services, span: Span, c: Ctx): void {
  const { status, headers } = c.res;
  const route = routePath(c, -1);
  span.name = `${c.req.method} ${route}`;
  const problem = headers.get("Perigee-Problem");
  span.set({
    "http.route": route,
    "http.response.status_code": status,
    "perigee.problem": problem,
  });
  // By the conventions, a server's span has failed if the server did, not if the caller was wrong.
  if (status >= 500) span.fail(problem ?? `${status}`);
  joinPlatform(span, c);
  span.end();
  after(isolateSpans.flush(settingsOf(env).traces!));
}

/**
 * Names the platform's own trace of the request in ours, and ours in the platform's, where it records one:
 * Cloudflare's tracing neither takes nor gives trace ids otherwise.
 */
function joinPlatform(span: Span, c: Ctx): void {
  // The emulator and tests may have none.
  const { tracing } = c.executionCtx as unknown as { tracing?: Tracing };
  const platform = tracing?.getActiveSpan();
  if (!platform?.isTraced) return;
  span.set({ "cloudflare.trace_id": platform.spanContext().traceId });
  platform.setAttribute("perigee.trace_id", span.context.trace_id);
}
