/**
 * The spans of an isolate on their way to a collector: gathered, sent in batches behind answers, and
 * dropped where the collector does not keep up.
 *
 * Whoever ends a span lets flush() run behind its answer (`waitUntil`). One call at a time sends, in the
 * request or object that it came from, and takes along what others have ended: workerd lets no request
 * wait for another's fetch, so nobody waits for a flush of others.
 *
 * A batch that is not taken is dropped, not sent again: a trace is a picture for people, and never worth
 * memory that requests need.
 * @module
 */
import type { Log } from "../contract/log.ts";
import type { TraceSettings } from "../contract/trace-settings.ts";
import { exportRequest } from "./otlp-json.ts";
import type { Span } from "./span.ts";

// Some 2 kB each: a collector that is away must not fill the isolate's 128 MB.
const WAITING_MAX = 2_048;
// As the OpenTelemetry SDKs have it: half a megabyte of JSON.
const BATCH_MAX = 512;
// Spans that end within this time go in one request.
const GATHER_MS = 250;
// A collector that hangs must not keep a request or object alive.
const SEND_MS_MAX = 5_000;
const BATCHES_MAX = 4;
// Beyond this a flush was cut off with its request, and another may begin.
const FLUSH_MS_MAX = GATHER_MS + BATCHES_MAX * SEND_MS_MAX + 1_000;
// After a failure the collector is left alone for this long.
const AWAY_MS = 10_000;
// An outage of the collector is one line a minute, not one a request.
const WARN_MS = 60_000;

/** What a queue needs of the outside. */
export interface SpanQueuePorts {
  /** Real clock, ms since 1970. */
  now(): number;
  wait(ms: number): Promise<void>;
  fetch: typeof fetch;
  warn: Log["warn"];
}

/** How many spans became what, since the isolate started. */
export interface SpanCounts {
  sent: number;
  dropped: number;
  waiting: number;
}

/** Spans that have ended and wait to be sent. */
export class SpanQueue {
  readonly #ports: SpanQueuePorts;
  #waiting: Span[] = [];
  #flushing_until = -Infinity;
  #away_until = -Infinity;
  #warned_ms = -Infinity;
  #sent = 0;
  #dropped = 0;

  constructor(ports: SpanQueuePorts) {
    this.#ports = ports;
  }

  /** Counts since the isolate started. */
  get counts(): SpanCounts {
    return { sent: this.#sent, dropped: this.#dropped, waiting: this.#waiting.length };
  }

  /** Takes a span that has ended; where too many wait already it is dropped. */
  push(span: Span): void {
    if (this.#waiting.length >= WAITING_MAX) this.#dropped++;
    else this.#waiting.push(span);
  }

  /**
   * Sends what waits, unless another call does, or the collector has just failed. Never rejects.
   * To be called behind the answer.
   */
  async flush(collector: TraceSettings): Promise<void> {
    const now = this.#ports.now();
    if (this.#waiting.length === 0) return;
    // Further ahead than any wait: the clock has jumped back.
    if (isWithin(this.#flushing_until - now, FLUSH_MS_MAX)) return;
    if (isWithin(this.#away_until - now, AWAY_MS)) return;
    this.#flushing_until = now + FLUSH_MS_MAX;
    try {
      await this.#ports.wait(GATHER_MS);
      for (let batches = 0; batches < BATCHES_MAX && this.#waiting.length > 0; batches++) {
        await this.#send(collector, this.#waiting.splice(0, BATCH_MAX));
      }
    } catch (error) {
      this.#away_until = this.#ports.now() + AWAY_MS;
      this.#warn("The collector of traces does not take spans", { error });
    } finally {
      this.#flushing_until = -Infinity;
    }
  }

  async #send({ url, headers }: TraceSettings, spans: Span[]): Promise<void> {
    // Those that a cut-off request does not bring to an end count as dropped.
    this.#dropped += spans.length;
    const response = await this.#ports.fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: exportRequest(spans),
      redirect: "manual",
      signal: AbortSignal.timeout(SEND_MS_MAX),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`It answered ${response.status}`);
    }
    const rejected = await rejectedIn(response);
    const taken = Math.max(0, spans.length - rejected);
    this.#dropped -= taken;
    this.#sent += taken;
    if (rejected > 0) this.#warn("The collector of traces rejects spans", { rejected });
  }

  #warn(what: string, fields: { error?: unknown; rejected?: number }): void {
    const now = this.#ports.now();
    if (isWithin(this.#warned_ms + WARN_MS - now, WARN_MS)) return;
    this.#warned_ms = now;
    this.#ports.warn(what, { ...fields, dropped: this.#dropped });
  }
}

/** Whether an instant so far ahead is still to come, and near enough to have been set by this clock. */
const isWithin = (left_ms: number, max_ms: number): boolean => left_ms > 0 && left_ms <= max_ms;

/** How many spans the collector says that it did not keep; an answer that is no JSON says nothing. */
async function rejectedIn(response: Response): Promise<number> {
  const answer = await response.json().catch(() => null) as
    | { partialSuccess?: { rejectedSpans?: unknown } }
    | null;
  const rejected = Number(answer?.partialSuccess?.rejectedSpans ?? 0);
  return Number.isFinite(rejected) ? rejected : 0;
}
