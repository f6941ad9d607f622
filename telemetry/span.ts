/**
 * One step of a trace, in the model of OpenTelemetry: a name, a time, attributes that say why, and
 * the step that it is part of.
 * Not its job: whether a trace is recorded (tracer.ts), and where spans go (span-queue.ts).
 * @module
 */
import { type TraceContext, type TraceHeaders, traceHeaders } from "../contract/trace.ts";

/** Who took part: this service served (`server`), called out (`client`), or worked by itself. */
export type SpanKind = "internal" | "server" | "client";

/** What a span may say; what is null or undefined is left out. */
export type Attributes = {
  readonly [name: string]: string | number | boolean | readonly string[] | null | undefined;
};

/** Something that happened at one instant of a span. */
export interface SpanEvent {
  name: string;
  /** Real clock, ms since 1970. */
  at_ms: number;
  attributes: Attributes;
}

/** What a span needs of the outside. */
export interface SpanPorts {
  /** Real clock, ms since 1970. */
  now(): number;
  /** Fills an array with random bytes. */
  random(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Is given each span as it ends. */
  ended(span: Span): void;
}

interface SpanStart {
  kind?: SpanKind;
  /** Real clock, ms since 1970; missing: now. */
  start_ms?: number;
  attributes?: Attributes;
}

// An ask meets eight candidates, each of which may refuse: more is a loop that went wrong.
const EVENTS_MAX = 32;

/** A span of a trace that is recorded: where none is, there is no Span at all. */
export class Span {
  /** Begins as what is known at the start, and may be set until the span ends. */
  name: string;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  /** The span that this one is part of; null for the first of a trace. */
  readonly parent_id: string | null;
  /** Real clock, ms since 1970. */
  readonly start_ms: number;
  /** Real clock, ms since 1970; null until it ends. */
  end_ms: number | null = null;
  attributes: Attributes;
  readonly events: SpanEvent[] = [];
  /** What went wrong, a word such as a problem's code; null: nothing. */
  error: string | null = null;
  readonly #ports: SpanPorts;

  /**
   * @param name of few values, by which spans are grouped
   * @param of the trace and the span that this one is part of; its `span_id` is null for the first of a
   *   trace
   */
  constructor(
    name: string,
    of: Pick<TraceContext, "trace_id" | "state"> & { span_id: string | null },
    ports: SpanPorts,
    { kind = "internal", start_ms, attributes = {} }: SpanStart = {},
  ) {
    this.name = name;
    this.kind = kind;
    this.parent_id = of.span_id;
    this.context = {
      trace_id: of.trace_id,
      span_id: randomHex(8, ports),
      sampled: true,
      state: of.state,
    };
    this.start_ms = start_ms ?? ports.now();
    this.attributes = attributes;
    this.#ports = ports;
  }

  /**
   * Begins a step of this one.
   * @param name of few values, by which spans are grouped
   */
  child(name: string, start: SpanStart = {}): Span {
    return new Span(name, this.context, this.#ports, start);
  }

  /** Adds attributes; one that is there already is replaced. */
  set(attributes: Attributes): void {
    this.attributes = { ...this.attributes, ...attributes };
  }

  /**
   * Notes what happens now.
   * @param name of few values; what differs is in the attributes
   */
  event(name: string, attributes: Attributes = {}): void {
    if (this.events.length >= EVENTS_MAX) return;
    this.events.push({ name, at_ms: this.#ports.now(), attributes });
  }

  /**
   * Marks the span as failed.
   * @param error a word of few: a problem's code, or an error's name
   */
  fail(error: string): void {
    this.error = error;
  }

  /**
   * Ends the span, once, and hands it over to be sent.
   * @param at ms since 1970
   */
  end(at = this.#ports.now()): void {
    if (this.end_ms !== null) return;
    this.end_ms = Math.max(at, this.start_ms);
    this.#ports.ended(this);
  }

  /** The headers by which whoever is called becomes part of this span. */
  headers(): TraceHeaders {
    return traceHeaders(this.context);
  }
}

/**
 * Makes an id of a trace or span.
 * @param bytes how many; 2 digits each
 */
export function randomHex(bytes: number, { random }: Pick<SpanPorts, "random">): string {
  return random(new Uint8Array(bytes)).reduce(
    (hex, byte) => hex + byte.toString(16).padStart(2, "0"),
    "",
  );
}
