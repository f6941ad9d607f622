/**
 * The span of a request, beside the platform's own trace of it.
 * @module
 */
import assert from "node:assert/strict";
import { Hono } from "hono";
import { exportedSpans } from "../../../support/exported-spans.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../../functions/middleware/request-span.ts";
const { beginRequestSpan, endRequestSpan } = await import(MODULE);

const ENV = {
  PERIGEE_LEDGER_URL: "libsql://ledger.example",
  PERIGEE_OTLP_URL: "http://collector.example/v1/traces",
};
const TRACE = "a".repeat(32);
const PLATFORM = "c".repeat(32);

/** The span of one request, where the platform traces it, or does not, or cannot. */
async function spanOf(tracing?: object) {
  const { spans } = await exportedSpans(async (after) => {
    const app = new Hono();
    app.use(async (c, next) => {
      const span = beginRequestSpan(ENV, c.req.raw, "request-1");
      await next();
      endRequestSpan({ env: ENV, after }, span, c);
    });
    app.get("/v1/nodes/:id", (c) => c.text("away", 503));
    const headers = {
      traceparent: `00-${TRACE}-${"b".repeat(16)}-01`,
      "User-Agent": "test/1",
      Authorization: "Bearer pgk_s3cret",
    };
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {}, tracing };
    const request = new Request("http://localhost:1/v1/nodes/G2A-017-042?secret=s3cret", {
      headers,
    });
    await app.fetch(request, ENV, context);
  });
  assert.equal(spans.length, 1);
  return spans[0];
}

Deno.test("A request's span has its route, status and failure, and neither query nor credential", async () => {
  const span = await spanOf();
  assert.equal(span.name, "GET /v1/nodes/:id");
  assert.equal(span.traceId, TRACE);
  assert.equal(span.status, 2);
  assert.deepEqual(span.attributes, {
    "http.request.method": "GET",
    "http.route": "/v1/nodes/:id",
    "http.response.status_code": 503,
    "url.scheme": "http",
    "url.path": "/v1/nodes/G2A-017-042",
    "server.address": "localhost",
    "user_agent.original": "test/1",
    "perigee.request_id": "request-1",
    "error.type": "503",
  });
});

Deno.test("Where the platform records the request too, each trace names the other", async () => {
  const set: unknown[] = [];
  const platform = {
    isTraced: true,
    spanContext: () => ({ traceId: PLATFORM, spanId: "d".repeat(16), traceFlags: 1 }),
    setAttribute: (...attribute: unknown[]) => set.push(attribute),
  };
  const span = await spanOf({ getActiveSpan: () => platform });
  assert.equal(span.attributes["cloudflare.trace_id"], PLATFORM);
  assert.deepEqual(set, [["perigee.trace_id", TRACE]]);
  platform.isTraced = false;
  const alone = await spanOf({ getActiveSpan: () => platform });
  assert.ok(!("cloudflare.trace_id" in alone.attributes));
  assert.equal(set.length, 1);
});
