/**
 * W3C Trace Context, level 1: which trace a request belongs to, as the headers `traceparent` and
 * `tracestate` say it. What is not valid counts as not sent, as the standard asks.
 * Not its job: spans (telemetry/span.ts).
 * @module
 */

/** A span's place in its trace. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all 0. */
  trace_id: string;
  /** 16 lower-case hexadecimal digits, not all 0. */
  span_id: string;
  /** Whether whoever began the trace wants it recorded. */
  sampled: boolean;
  /** Other systems' entries, passed on as they came; empty: none. */
  state: string;
}

/** A TraceContext in the form of headers; it travels in jobs and executions, too. */
export interface TraceHeaders {
  traceparent: string;
  /** Missing: none. */
  tracestate?: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);
const SAMPLED = 1;

/** What a caller may send, as the standard's least; it rides in every job and execution of the trace. */
const STATE_CHARS_MAX = 512;
const STATE_ENTRIES_MAX = 32;
const STATE_ENTRY =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Reads the trace that a request, job or execution belongs to.
 * @param headers as they came
 * @returns null without a valid `traceparent`; an invalid `tracestate` is as if none had come
 */
export function readTrace(
  { traceparent, tracestate }: { traceparent?: string | null; tracestate?: string | null },
): TraceContext | null {
  const [, version, trace_id, span_id, flags, more] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  if (version === undefined || version === "ff" || trace_id === NO_TRACE || span_id === NO_SPAN) {
    return null;
  }
  // Later versions may add fields, version 0 has none.
  if (version === "00" && more !== undefined) return null;
  const sampled = (parseInt(flags, 16) & SAMPLED) !== 0;
  return { trace_id, span_id, sampled, state: stateOf(tracestate ?? "") };
}

/** Entries that fit, from the left: those on the right are the oldest. */
function stateOf(tracestate: string): string {
  const entries = tracestate.split(",").map((entry) => entry.trim()).filter((entry) => entry);
  if (entries.length > STATE_ENTRIES_MAX) return "";
  if (!entries.every((entry) => STATE_ENTRY.test(entry))) return "";
  const keys = new Set(entries.map((entry) => entry.slice(0, entry.indexOf("="))));
  if (keys.size < entries.length) return "";
  while (entries.join(",").length > STATE_CHARS_MAX) entries.pop();
  return entries.join(",");
}

/** Writes a span's place in its trace as headers: who gets them is the span's child. */
export const traceHeaders = (
  { trace_id, span_id, sampled, state }: TraceContext,
): TraceHeaders => ({
  traceparent: `00-${trace_id}-${span_id}-${sampled ? "01" : "00"}`,
  ...(state !== "" && { tracestate: state }),
});
