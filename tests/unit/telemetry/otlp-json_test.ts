import assert from "node:assert/strict";
import { VERSION } from "../../../contract/version.ts";
import { exportRequest } from "../../../telemetry/otlp-json.ts";
import { type Attributes, Span } from "../../../telemetry/span.ts";

const PORTS = {
  now: () => 1_795_000_000_123,
  random: (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(0xab),
  ended: () => {},
};
const OF = {
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  span_id: "00f067aa0ba902b7",
  state: "a=1",
};

const spansIn = (...spans: Span[]) =>
  JSON.parse(exportRequest(spans)).resourceSpans[0].scopeSpans[0].spans;

Deno.test("A span is written as OTLP's JSON has it", () => {
  const attributes: Attributes = {
    text: "x",
    whole: 3,
    fraction: 0.25,
    flag: false,
    list: ["a", "b"],
    none: null,
    missing: undefined,
  };
  const span = new Span("GET /", OF, PORTS, { kind: "server", attributes });
  span.event("refused", { why: "dark" });
  span.fail("no_node");
  span.end();
  assert.deepEqual(JSON.parse(exportRequest([span])), {
    resourceSpans: [{
      resource: {
        attributes: [
          { key: "service.name", value: { stringValue: "perigee" } },
          { key: "service.version", value: { stringValue: VERSION } },
        ],
      },
      scopeSpans: [{
        scope: { name: "perigee", version: VERSION },
        spans: [{
          traceId: OF.trace_id,
          spanId: "ab".repeat(8),
          parentSpanId: OF.span_id,
          traceState: "a=1",
          flags: 1,
          name: "GET /",
          kind: 2,
          startTimeUnixNano: "1795000000123000000",
          endTimeUnixNano: "1795000000123000000",
          attributes: [
            { key: "text", value: { stringValue: "x" } },
            { key: "whole", value: { intValue: "3" } },
            { key: "fraction", value: { doubleValue: 0.25 } },
            { key: "flag", value: { boolValue: false } },
            {
              key: "list",
              value: { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] } },
            },
            { key: "error.type", value: { stringValue: "no_node" } },
          ],
          events: [{
            timeUnixNano: "1795000000123000000",
            name: "refused",
            attributes: [{ key: "why", value: { stringValue: "dark" } }],
          }],
          status: { code: 2 },
        }],
      }],
    }],
  });
});

Deno.test("The first span of a trace has no parent and, without entries, no trace state", () => {
  const [span] = spansIn(new Span("GET", { ...OF, span_id: null, state: "" }, PORTS));
  assert.ok(!("parentSpanId" in span) && !("traceState" in span));
  assert.equal(span.status.code, 0);
});

Deno.test("A long text is cut, and a span has no more than 32 events: no span fills a batch", () => {
  const span = new Span("n".repeat(1_000), OF, PORTS, { attributes: { path: "p".repeat(5_000) } });
  for (let i = 0; i < 100; i++) span.event("again", { list: ["v".repeat(1_000)] });
  const [written] = spansIn(span);
  assert.equal(written.name.length, 256);
  assert.equal(written.attributes[0].value.stringValue.length, 256);
  assert.equal(written.events.length, 32);
  assert.equal(written.events[0].attributes[0].value.arrayValue.values[0].stringValue.length, 256);
});

Deno.test("Fractions of a millisecond are kept in nanoseconds", () => {
  const [span] = spansIn(new Span("step", OF, PORTS, { start_ms: 1_795_000_000_123.456 }));
  assert.equal(span.startTimeUnixNano, "1795000000123456000");
});
