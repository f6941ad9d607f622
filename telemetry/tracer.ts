/**
 * Begins spans: decides whether a trace is recorded, and keeps the isolate's queue of them.
 *
 * With no collector set there is nothing here to pay for: no span is made, and every caller holds null.
 * @module
 */
import { logger } from "../contract/log.ts";
import { readTrace, type TraceContext, type TraceHeaders } from "../contract/trace.ts";
import type { TraceSettings } from "../contract/trace-settings.ts";
import { type Attributes, randomHex, Span, type SpanKind, type SpanPorts } from "./span.ts";
import { SpanQueue } from "./span-queue.ts";

const log = logger();

/** The spans of this isolate, of all its requests and objects. */
export const isolateSpans: SpanQueue = new SpanQueue({
  now: Date.now,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  // Not the function itself: a test may put another in its place.
  fetch: (...request) => fetch(...request),
  warn: log.warn,
});

const ISOLATE_PORTS: SpanPorts = {
  now: Date.now,
  random: (bytes) => crypto.getRandomValues(bytes),
  ended: (span) => isolateSpans.push(span),
};

interface Began {
  name: string;
  kind: SpanKind;
  attributes?: Attributes;
}

/**
 * Begins the first span of this service in a trace: the caller's, if it says whether it records it,
 * else a new one, of which a share is recorded.
 * @param parent as the request's headers say; null: they say nothing
 * @returns null if the trace is not recorded
 */
export function beginTrace(
  { ratio }: Pick<TraceSettings, "ratio">,
  parent: TraceContext | null,
  began: Began,
  ports: SpanPorts = ISOLATE_PORTS,
): Span | null {
  if (parent) return parent.sampled ? new Span(began.name, parent, ports, began) : null;
  if (ratio <= 0) return null;
  const trace_id = randomHex(16, ports);
  if (!isSampled(trace_id, ratio)) return null;
  return new Span(began.name, { trace_id, span_id: null, state: "" }, ports, began);
}

/**
 * Goes on with a trace that another part of the mesh has begun.
 * @param settings null: no collector is set
 * @param headers as that part's span gave them; missing: it records no trace
 * @returns null if the trace is not recorded
 */
export function continueTrace(
  settings: TraceSettings | null,
  headers: TraceHeaders | undefined,
  began: Began,
): Span | null {
  if (!settings || !headers) return null;
  const parent = readTrace(headers);
  return parent?.sampled ? new Span(began.name, parent, ISOLATE_PORTS, began) : null;
}

/**
 * Makes a trace that nobody records, for those that want an id to tell requests apart.
 */
export const unrecordedTrace = (): TraceContext => ({
  trace_id: randomHex(16, ISOLATE_PORTS),
  span_id: randomHex(8, ISOLATE_PORTS),
  sampled: false,
  state: "",
});

// 13 digits are 52 bits, which a number holds exactly.
const DIGITS = 13;

/** By the random end of the id, so that all who see the id decide alike. */
const isSampled = (trace_id: string, ratio: number): boolean =>
  parseInt(trace_id.slice(-DIGITS), 16) < ratio * 16 ** DIGITS;
