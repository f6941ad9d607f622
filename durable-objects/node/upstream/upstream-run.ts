/**
 * One ask of a language model on its node: passes the engine's chunks on, counts what was sent, and
 * bills it once, whichever way it ends.
 *
 * What is no stream ends with the engine's answer, or where the isolate says that its caller has gone: then
 * what was made by then is billed, if the engine can be stopped.
 * A stream ends when the isolate says how many chunks it has handed to its caller. If the isolate dies,
 * what was handed to it counts; if this object dies, what was written ahead.
 * Knows nothing of Cloudflare: engine, disk and bill are ports.
 * @module
 */
import { checkWhole } from "../../../inference/upstream/check-whole.ts";
import { TokenCount } from "../../../inference/upstream/token-count.ts";
import {
  type JsonObject,
  objectOf,
  type Upstream,
  UpstreamFailure,
} from "../../../inference/upstream/upstream.ts";
import { WholeAnswer } from "../../../inference/upstream/whole-answer.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { atMost, type TokenUse } from "../../../mesh/billing/tokens.ts";
import { withDeadline } from "../../../contract/deadline.ts";
import type { UpstreamAsk, UpstreamFailed, UpstreamLine } from "./upstream-job.ts";

// So many tokens are billed too many at most if the object dies: a write for each would cost more.
const AHEAD_TOKENS = 32;
// An isolate whose caller does not read hands nothing on, and has gone after this.
const LINE_MS_MAX = 60_000;
// When all has been handed over, the isolate says what of it its caller got.
const SETTLE_MS_MAX = 60_000;

/** What was used, and how many bytes were sent. */
export interface Sent {
  tokens: TokenUse;
  bytes_down: number;
}

/** What a run needs of its node. */
export interface UpstreamRunPorts {
  upstream: Upstream;
  /** What is written comes out as it is; a write resolves when it has been read. */
  pipe(): TransformStream<Uint8Array, Uint8Array>;
  /** The run as it would be billed for this. */
  execution(sent: Sent): Execution;
  /** Resolves once it is on disk what is billed if this object dies. */
  cover(execution: Execution): Promise<void>;
  /**
   * Settles the node's state and keeps the receipt, in one turn.
   * @param failed how the engine failed in the middle; null: it did not
   * @returns the run as it is billed
   */
  finish(sent: Sent, failed: UpstreamFailed | null): Execution;
  /** Settles the node's state; nothing is billed. */
  release(failed: UpstreamFailed): void;
}

/** How an ask began. */
export type Begun =
  | { is: "whole"; body: string; execution: Execution }
  | { is: "stream"; lines: ReadableStream<Uint8Array>; written: Promise<void> }
  | { is: "failed"; failed: UpstreamFailed };

/** One ask, from the engine's first byte to the receipt. */
export class UpstreamRun {
  readonly #ask: UpstreamAsk;
  readonly #ports: UpstreamRunPorts;
  readonly #aborted = new AbortController();
  /** Resolved once begin() has ended. */
  readonly #ended = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<void>();
  readonly #count: TokenCount;
  /** What has been sent with each chunk, the one on its way included. */
  readonly #sent: { completion_tokens: number; bytes_down: number }[] = [];
  /** How many chunks the isolate has surely taken. */
  #handed = 0;
  #covered = 0;
  #whole = false;
  #execution: Execution | null = null;
  #failed: UpstreamFailed | null = null;

  constructor(ask: UpstreamAsk, ports: UpstreamRunPorts) {
    this.#ask = ask;
    this.#ports = ports;
    this.#count = new TokenCount(ask.prompt_tokens_guess);
  }

  /** Asks the engine. Never rejects. */
  async begin(): Promise<Begun> {
    const { api, body, stream } = this.#ask;
    const { upstream } = this.#ports;
    try {
      const request = {
        ...this.#ask,
        body: JSON.parse(body) as JsonObject,
        stream: stream || (upstream.stops && api !== "embeddings"),
      };
      const answer = await upstream.ask(request, this.#aborted.signal);
      if (answer.is === "whole") return this.#finishWhole(answer.body);
      if (!stream) return this.#finishWhole(await this.#collect(answer.chunks));
      await this.#coverTo(AHEAD_TOKENS);
      const { readable, writable } = this.#ports.pipe();
      const written = this.#pass(answer.chunks, writable.getWriter());
      return { is: "stream", lines: readable, written };
    } catch (error) {
      const failed = failedOf(error);
      this.#ports.release(failed);
      return { is: "failed", failed };
    } finally {
      this.#ended.resolve();
    }
  }

  /** Whether the answer is a stream, which settle() ends; else leave() does. */
  get streams(): boolean {
    return this.#ask.stream;
  }

  /**
   * The isolate says how many chunks its caller got: the run ends, and is billed for those.
   * @returns the run as it is billed
   */
  settle(chunks: number): Execution {
    this.#abort();
    return this.#finish(chunks);
  }

  /**
   * The isolate says that its caller has gone: the run stops where it is, or ends if its engine cannot be
   * stopped, and is billed for what was made.
   * @returns the run as it is billed; null: nothing was made
   */
  async leave(): Promise<Execution | null> {
    if (this.#ports.upstream.stops) this.#abort();
    await this.#ended.promise;
    return this.#execution;
  }

  #abort(): void {
    this.#aborted.abort(new DOMException("The caller has gone", "AbortError"));
  }

  /** All of a stream; what of it had come if the caller has gone. */
  async #collect(chunks: AsyncIterable<JsonObject>): Promise<JsonObject> {
    const whole = new WholeAnswer(this.#ask.api);
    const most = this.#ask.reserved.completion_tokens;
    try {
      for await (const chunk of chunks) {
        const holdsAnswer = this.#count.add(chunk);
        if (holdsAnswer && this.#count.use.completion_tokens > most) {
          whole.cut();
          break;
        }
        whole.add(chunk);
      }
    } catch (error) {
      if (!this.#aborted.signal.aborted || whole.isEmpty) throw error;
    }
    return whole.body(this.#count.usage);
  }

  #finishWhole(body: JsonObject): Begun {
    checkWhole(this.#ask.api, body);
    const usage = objectOf(body.usage);
    if (usage) this.#count.take(usage);
    const text = JSON.stringify(body);
    // An engine that does not say: as many as four bytes each, as the prompt is taken for.
    const { prompt_tokens, completion_tokens } = this.#count.use;
    const guess = usage || this.#ask.api === "embeddings" ? 0 : guessOf(body);
    const tokens = { prompt_tokens, completion_tokens: completion_tokens || guess };
    const bytes_down = this.#aborted.signal.aborted ? 0 : encoder.encode(text).length;
    const execution = this.#bill({ tokens, bytes_down });
    return { is: "whole", body: text, execution };
  }

  async #pass(
    chunks: AsyncIterable<JsonObject>,
    writer: WritableStreamDefaultWriter<Uint8Array>,
  ): Promise<void> {
    const write = (line: Uint8Array) => withDeadline(LINE_MS_MAX, writer.write(line));
    try {
      const ended = await this.#passChunks(chunks, write);
      await write(lineOf(ended));
      await withDeadline(LINE_MS_MAX, writer.close());
      await withDeadline(SETTLE_MS_MAX, this.#settled.promise);
    } catch {
      // The isolate has gone without a word: what it took is what was sent.
      this.#aborted.abort();
      writer.abort("The run has ended").catch(() => {});
      this.#finish(this.#handed);
    }
  }

  /** @throws what `write` rejects with: the isolate takes no more */
  async #passChunks(
    chunks: AsyncIterable<JsonObject>,
    write: (line: Uint8Array) => Promise<void>,
  ): Promise<UpstreamLine> {
    const most = this.#ask.reserved.completion_tokens;
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await iterator.next().catch((error) => ({ failed: failedOf(error) }));
        if ("failed" in next) {
          this.#failed = next.failed;
          return { usage: null, cut: false, ...next };
        }
        if (next.done) break;
        // Billed already: what comes still is handed to nobody, and covered by nothing.
        if (this.#execution) return { usage: null, cut: false };
        const holdsAnswer = this.#count.add(next.value);
        const has = this.#count.use.completion_tokens;
        // An engine that ignores its limit is cut off there; what it says at the end is cut when billed.
        if (has > most && holdsAnswer) return { usage: null, cut: true };
        if (Math.min(has, most) > this.#covered) await this.#coverTo(has + AHEAD_TOKENS);
        await this.#passChunk(next.value, has, write);
      }
      this.#whole = true;
      return { usage: this.#count.usage, cut: false };
    } finally {
      await iterator.return?.().catch(() => {});
    }
  }

  async #passChunk(
    chunk: JsonObject,
    completion_tokens: number,
    write: (line: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const line = lineOf({ chunk });
    const before = this.#sent.at(-1)?.bytes_down ?? 0;
    // Before the writing has ended here, the isolate may say already that its caller got it.
    this.#sent.push({ completion_tokens, bytes_down: before + line.length });
    await write(line);
    this.#handed++;
  }

  async #coverTo(completion_tokens: number): Promise<void> {
    const { prompt_tokens } = this.#count.use;
    const tokens = atMost({ prompt_tokens, completion_tokens }, this.#ask.reserved);
    const bytes_down = this.#sent.at(-1)?.bytes_down ?? 0;
    this.#covered = tokens.completion_tokens;
    await this.#ports.cover(this.#ports.execution({ tokens, bytes_down }));
  }

  #finish(chunks: number): Execution {
    const got = Math.min(chunks, this.#sent.length);
    const { completion_tokens = 0, bytes_down = 0 } = this.#sent[got - 1] ?? {};
    const { prompt_tokens } = this.#count.use;
    const all = this.#whole && got === this.#sent.length;
    const tokens = all ? this.#count.use : { prompt_tokens, completion_tokens };
    return this.#bill({ tokens, bytes_down });
  }

  /** Bills once. */
  #bill({ tokens, bytes_down }: Sent): Execution {
    const sent = { tokens: atMost(tokens, this.#ask.reserved), bytes_down };
    this.#execution ??= this.#ports.finish(sent, this.#failed);
    this.#settled.resolve();
    return this.#execution;
  }
}

const encoder = new TextEncoder();

const lineOf = (line: UpstreamLine): Uint8Array => encoder.encode(`${JSON.stringify(line)}\n`);

function guessOf({ choices }: JsonObject): number {
  const bytes = encoder.encode(JSON.stringify(choices ?? "")).length;
  return Math.ceil(bytes / 4);
}

function failedOf(error: unknown): UpstreamFailed {
  if (!(error instanceof UpstreamFailure)) {
    return { fault: "engine_unavailable", message: "The engine's answer broke off" };
  }
  const { fault, message, retry_after_ms } = error;
  return { fault, message, ...(retry_after_ms !== undefined && { retry_after_ms }) };
}
