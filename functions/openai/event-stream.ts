/**
 * Writes a language model's answer to the caller as server-sent events, as it comes, and settles the run
 * by what the caller got of it.
 * @module
 */
import { type ProblemCode, PROBLEMS } from "../../contract/problem.ts";
import { withDeadline } from "../../contract/deadline.ts";
import type { UpstreamLine } from "../../durable-objects/node/upstream/upstream-job.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Services } from "../services.ts";
import { answerHeaders } from "../infer/answer.ts";
import type { UpstreamStream } from "./upstream-stream.ts";

/** How an engine's stream came to its end. */
export type StreamEnd = Exclude<UpstreamLine, { chunk: JsonObject }>;

/** What a route makes of the engine's chunks. */
export interface EventForm {
  /** The events of one chunk, as text; empty for none. */
  chunk(chunk: JsonObject): string;
  /** The events behind the last chunk, without `[DONE]`. */
  end(end: StreamEnd, execution: Execution): string;
  /** The event of an error behind the first byte; default: errorEvent(). */
  error?(code: ProblemCode, message: string): string;
}

// Who hears nothing for a while takes a connection for dead; and a caller that has gone is noticed by it.
const PING = ": ping\n\n";
const PING_MS = 5_000;
// A caller that takes nothing for so long holds a node, an engine and a budget for nobody.
const READ_MS_MAX = 60_000;

/** One event of data. */
export const dataEvent = (data: JsonObject): string => `data: ${JSON.stringify(data)}\n\n`;

/** An error behind the first byte, as OpenAI's clients read it; no `[DONE]` follows. */
export const errorEvent = (code: ProblemCode, message: string): string =>
  dataEvent({ error: { message, type: PROBLEMS[code].openai, param: null, code } });

/** The body of a stream. It is written behind the handler, for as long as the caller reads. */
export function eventBody(
  services: Services,
  stream: UpstreamStream,
  form: EventForm,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  services.after(new EventWriter(writable.getWriter(), stream, form).write());
  return readable;
}

/** The headers of a stream. */
export const eventHeaders = ({ planned }: UpstreamStream): Record<string, string> => ({
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-cache",
  ...answerHeaders({ execution: planned }),
});

class EventWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stream: UpstreamStream;
  readonly #form: EventForm;
  /** How many chunks the caller got. */
  #chunks = 0;
  #wrote_ms = Date.now();

  constructor(
    writer: WritableStreamDefaultWriter<Uint8Array>,
    stream: UpstreamStream,
    form: EventForm,
  ) {
    this.#writer = writer;
    this.#stream = stream;
    this.#form = form;
  }

  /** Never rejects. */
  async write(): Promise<void> {
    const pinging = setInterval(() => this.#ping(), PING_MS);
    try {
      const end = await this.#chunksUntilEnd();
      const execution = await this.#stream.settle(this.#chunks);
      clearInterval(pinging);
      await this.#send(this.#last(end, execution));
      await this.#writer.close();
    } catch {
      // The caller has gone: what it got is what it pays, and its engine stops.
      await this.#stream.settle(this.#chunks);
      this.#writer.abort("The caller has gone").catch(() => {});
    } finally {
      clearInterval(pinging);
    }
  }

  /** @returns null where the link to the node was lost; throws what writing does: the caller has gone */
  async #chunksUntilEnd(): Promise<StreamEnd | null> {
    const lines = this.#stream.lines();
    for (;;) {
      const line = await lines.next().catch(() => null);
      if (!line || line.done) return null;
      if (!("chunk" in line.value)) return line.value;
      await this.#send(this.#form.chunk(line.value.chunk));
      this.#chunks++;
    }
  }

  #last(end: StreamEnd | null, execution: Execution | null): string {
    const error: typeof errorEvent = (code, message) =>
      this.#form.error?.(code, message) ?? errorEvent(code, message);
    if (!end || !execution) {
      return error("engine_unavailable", "The node was lost in the middle of the answer");
    }
    if (end.failed) return error(end.failed.fault, end.failed.message);
    return `${this.#form.end(end, execution)}data: [DONE]\n\n`;
  }

  async #send(text: string): Promise<void> {
    if (text === "") return;
    this.#wrote_ms = Date.now();
    await withDeadline(READ_MS_MAX, this.#writer.write(encoder.encode(text)));
  }

  #ping(): void {
    if (Math.abs(Date.now() - this.#wrote_ms) < PING_MS) return;
    // The writing itself would find out with the next chunk only.
    this.#send(PING).catch(() => this.#stream.settle(this.#chunks));
  }
}

const encoder = new TextEncoder();
