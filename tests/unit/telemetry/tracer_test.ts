import assert from "node:assert/strict";
import type { TraceContext } from "../../../contract/trace.ts";
import { Span, type SpanPorts } from "../../../telemetry/span.ts";
import { beginTrace, continueTrace } from "../../../telemetry/tracer.ts";
import { seeded } from "../../support/random.ts";

const SETTINGS = { url: "http://localhost/v1/traces", headers: {}, ratio: 1 };
const BEGAN = { name: "GET", kind: "server" } as const;
const PARENT: TraceContext = {
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  span_id: "00f067aa0ba902b7",
  sampled: true,
  state: "congo=1",
};

function portsOf(seed: number): SpanPorts & { sent: Span[] } {
  const random = seeded(seed);
  const sent: Span[] = [];
  return {
    now: () => 1_000,
    random: (bytes) => bytes.map(() => random.integer(0, 255)),
    ended: (span) => sent.push(span),
    sent,
  };
}

Deno.test("A caller's decision holds, whatever the ratio: recorded as its child, or not at all", () => {
  for (const ratio of [0, 0.5, 1]) {
    const span = beginTrace({ ratio }, PARENT, BEGAN, portsOf(1))!;
    assert.equal(span.parent_id, PARENT.span_id);
    assert.equal(span.context.trace_id, PARENT.trace_id);
    assert.equal(span.context.state, PARENT.state);
    assert.notEqual(span.context.span_id, PARENT.span_id);
    assert.equal(beginTrace({ ratio }, { ...PARENT, sampled: false }, BEGAN, portsOf(1)), null);
  }
});

Deno.test("Of the traces that begin here the ratio's share is recorded", () => {
  const recorded = (ratio: number): number => {
    const ports = portsOf(7);
    const spans = Array.from({ length: 1_000 }, () => beginTrace({ ratio }, null, BEGAN, ports));
    const begun = spans.filter((span) => span !== null);
    for (const { parent_id } of begun) assert.equal(parent_id, null);
    return begun.length;
  };
  assert.equal(recorded(0), 0);
  assert.equal(recorded(1), 1_000);
  for (const ratio of [0.01, 0.25, 0.9]) {
    // Four standard deviations; the seed is fixed.
    const error = 4 * Math.sqrt(1_000 * ratio * (1 - ratio));
    assert.ok(Math.abs(recorded(ratio) - 1_000 * ratio) <= error, `seed 7, ratio ${ratio}`);
  }
});

Deno.test("continueTrace() records nothing without a collector, without a trace, or of one that is not sampled", () => {
  const traceparent = `00-${PARENT.trace_id}-${PARENT.span_id}-01`;
  assert.equal(continueTrace(null, { traceparent }, BEGAN), null);
  assert.equal(continueTrace(SETTINGS, undefined, BEGAN), null);
  assert.equal(continueTrace(SETTINGS, { traceparent: "nonsense" }, BEGAN), null);
  const unsampled = traceparent.replace(/01$/, "00");
  assert.equal(continueTrace(SETTINGS, { traceparent: unsampled }, BEGAN), null);
  assert.equal(continueTrace(SETTINGS, { traceparent }, BEGAN)?.parent_id, PARENT.span_id);
});

Deno.test("A span is sent once, when it ends, and a child names it as its parent", () => {
  const ports = portsOf(3);
  const span = beginTrace({ ratio: 1 }, null, BEGAN, ports)!;
  const child = span.child("step", { start_ms: 2_000 });
  assert.deepEqual(ports.sent, []);
  child.end();
  child.end();
  span.end();
  assert.deepEqual(ports.sent, [child, span]);
  assert.equal(child.parent_id, span.context.span_id);
  assert.equal(child.context.trace_id, span.context.trace_id);
  // It began after the clock's now: it ends no earlier.
  assert.equal(child.end_ms, 2_000);
  assert.equal(
    child.headers().traceparent,
    `00-${span.context.trace_id}-${child.context.span_id}-01`,
  );
});
