/**
 * An OTLP collector on loopback, which keeps the spans that it is sent as JSON.
 * @module
 */
import assert from "node:assert/strict";

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  traceState: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  status: number;
}

export interface TraceCollector {
  /** For PERIGEE_OTLP_URL. */
  url: string;
  spans: CollectedSpan[];
  /** Headers of the requests that came. */
  headers: Headers[];
  /** While set, requests are taken and never answered. */
  hangs: boolean;
  close(): Promise<void>;
}

interface Value {
  stringValue?: string;
  intValue?: string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
}

/** Listens at once, so that a mesh can be told of it before it starts. */
export function traceCollector(): TraceCollector {
  const hanging = new Set<() => void>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      assert.equal(request.headers.get("Content-Type"), "application/json");
      const body = await request.json();
      collector.headers.push(request.headers);
      if (collector.hangs) await new Promise<void>((answer) => hanging.add(answer));
      else collector.spans.push(...spansIn(body));
      return Response.json({ partialSuccess: {} });
    },
  );
  const collector: TraceCollector = {
    url: `http://127.0.0.1:${server.addr.port}/v1/traces`,
    spans: [],
    headers: [],
    hangs: false,
    async close() {
      for (const answer of hanging) answer();
      await server.shutdown();
    },
  };
  return collector;
}

/** The spans of an export request. */
// deno-lint-ignore no-explicit-any -- what came over the wire, whose shape is asserted below
export function spansIn(body: any): CollectedSpan[] {
  // deno-lint-ignore no-explicit-any -- as above
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: any) => {
    assert.equal(valuesOf(resource.attributes)["service.name"], "perigee");
    // deno-lint-ignore no-explicit-any -- as above
    return scopeSpans.flatMap(({ spans }: any) => spans.map(spanOf));
  });
}

// deno-lint-ignore no-explicit-any -- as above
function spanOf(span: any): CollectedSpan {
  assert.match(span.traceId, /^[0-9a-f]{32}$/);
  assert.match(span.spanId, /^[0-9a-f]{16}$/);
  assert.match(span.parentSpanId ?? "0".repeat(16), /^[0-9a-f]{16}$/);
  for (const time of [span.startTimeUnixNano, span.endTimeUnixNano]) assert.match(time, /^\d{19}$/);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? null,
    traceState: span.traceState ?? "",
    name: span.name,
    kind: span.kind,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    attributes: valuesOf(span.attributes),
    // deno-lint-ignore no-explicit-any -- as above
    events: (span.events ?? []).map(({ name, attributes }: any) => ({
      name,
      attributes: valuesOf(attributes),
    })),
    status: span.status.code,
  };
}

const valuesOf = (attributes: { key: string; value: Value }[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

function plain(value: Value): unknown {
  const [[kind, one], ...others] = Object.entries(value);
  assert.deepEqual(others, [], "a value has one type");
  if (kind === "intValue") return Number(one);
  return kind === "arrayValue" ? (one as { values: Value[] }).values.map(plain) : one;
}
