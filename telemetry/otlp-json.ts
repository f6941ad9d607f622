/**
 * Spans in OTLP's JSON (opentelemetry.io/docs/specs/otlp, 1.x): ids as hexadecimal, enums as numbers,
 * 64-bit integers as strings.
 * @module
 */
import { VERSION } from "../contract/version.ts";
import type { Attributes, Span, SpanKind } from "./span.ts";

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 };
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;
// W3C's sampled bit.
const FLAGS = 1;
// A caller's path or model's name may be long: one span must not fill a batch.
const CHARS_MAX = 256;

const RESOURCE = { "service.name": "perigee", "service.version": VERSION };

/**
 * The body of an export request.
 * @param spans that have ended
 */
export const exportRequest = (spans: readonly Span[]): string =>
  JSON.stringify({
    resourceSpans: [{
      resource: { attributes: attributesOf(RESOURCE) },
      scopeSpans: [{ scope: { name: "perigee", version: VERSION }, spans: spans.map(spanOf) }],
    }],
  });

function spanOf(
  { name, kind, context, parent_id, start_ms, end_ms, attributes, events, error }: Span,
) {
  const { trace_id, span_id, state } = context;
  return {
    traceId: trace_id,
    spanId: span_id,
    ...(parent_id !== null && { parentSpanId: parent_id }),
    ...(state !== "" && { traceState: state }),
    flags: FLAGS,
    name: cut(name),
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(start_ms),
    endTimeUnixNano: nanoseconds(end_ms ?? start_ms),
    attributes: attributesOf(error === null ? attributes : { ...attributes, "error.type": error }),
    ...(events.length > 0 && {
      events: events.map((event) => ({
        timeUnixNano: nanoseconds(event.at_ms),
        name: event.name,
        attributes: attributesOf(event.attributes),
      })),
    }),
    status: { code: error === null ? STATUS_UNSET : STATUS_ERROR },
  };
}

/** As text: nanoseconds since 1970 are beyond what a number holds exactly. */
const nanoseconds = (ms: number): string => `${BigInt(Math.round(ms * 1e3)) * 1_000n}`;

const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: valueOf(value) }]
  );

function valueOf(value: string | number | boolean | readonly string[]) {
  switch (typeof value) {
    case "string":
      return { stringValue: cut(value) };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map((one) => ({ stringValue: cut(one) })) } };
  }
}

const cut = (text: string): string => text.slice(0, CHARS_MAX);
