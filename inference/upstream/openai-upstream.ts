/**
 * Asks an engine that speaks OpenAI's API over HTTP. It is asked again where it says that it is busy or
 * does not answer, as long as no byte of an answer has come; it is followed nowhere else.
 * @module
 */
import type { OpenAiEngine } from "../../contract/engines.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import { chunksOf } from "./sse.ts";
import { Silence } from "./silence.ts";
import {
  type JsonObject,
  objectOf,
  type Upstream,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
} from "./upstream.ts";

const PATHS = {
  chat: "/chat/completions",
  completions: "/completions",
  embeddings: "/embeddings",
} as const;

const TRIES_MAX = 3;
// A caller waits meanwhile, and a node is held: what needs longer is told to the caller.
const WAIT_MS_MAX = 2_000;
const FIRST_WAIT_MS = 100;
// The embeddings of some hundred texts; an engine must not fill the object's memory.
const BODY_BYTES_MAX = 16 * 2 ** 20;
const DETAIL_CHARS_MAX = 500;

/** What the engine needs of the outside. */
export interface OpenAiPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The engine's key; undefined where it asks for none. */
  key: string | undefined;
  /** The trace that the engine's own spans are part of; undefined: none. */
  trace: TraceHeaders | undefined;
  /** Waits, ms. */
  wait(ms: number): Promise<void>;
}

/** One model of one engine. */
export class OpenAiUpstream implements Upstream {
  readonly stops = true;
  readonly #engine: OpenAiEngine;
  readonly #ports: OpenAiPorts;

  constructor(engine: OpenAiEngine, ports: OpenAiPorts) {
    this.#engine = engine;
    this.#ports = ports;
  }

  /**
   * Asks, as Upstream.ask() says.
   * @throws UpstreamFailure, or what the signal was aborted with
   */
  async ask(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    for (let tries = 1;; tries++) {
      const answer = await this.#askOnce(request, signal);
      if (!(answer instanceof UpstreamFailure)) return answer;
      signal.throwIfAborted();
      const wait_ms = answer.retry_after_ms ?? FIRST_WAIT_MS * 2 ** (tries - 1);
      if (answer.fault === "invalid_request" || tries === TRIES_MAX || wait_ms > WAIT_MS_MAX) {
        throw answer;
      }
      await this.#ports.wait(wait_ms);
    }
  }

  /** @returns a failure where no byte of an answer has come */
  async #askOnce(
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer | UpstreamFailure> {
    const watch = new Silence(this.#engine.silence_ms_max, signal);
    try {
      const { base_url } = this.#engine;
      const url = `${base_url.replace(/\/+$/, "")}${PATHS[request.api]}`;
      const response = await watch.until(
        this.#ports.fetch(url, { ...this.#init(request), signal: watch.signal }),
      );
      if (!response.ok) return await refused(response, watch);
      if (!request.stream) {
        return { is: "whole", body: await wholeOf(response, watch) };
      }
      if (!response.body) return unavailable("sent no stream");
      const chunks = chunksOf(response.body, watch);
      const first = await chunks.next();
      if (first.done) return unavailable("sent an empty stream");
      return { is: "stream", chunks: behind(first.value, chunks) };
    } catch (error) {
      watch.end();
      if (error instanceof UpstreamFailure) return error;
      signal.throwIfAborted();
      return unavailable("cannot be reached");
    }
  }

  #init({ api, body, max_tokens, stream, session }: UpstreamRequest): RequestInit {
    const { model, limit_field, running_usage } = this.#engine;
    const { key, trace } = this.#ports;
    return {
      method: "POST",
      // An engine that sends us elsewhere would have us send the prompt and the key there.
      redirect: "manual",
      headers: {
        "Content-Type": "application/json",
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...(session !== undefined && { "x-session-affinity": session }),
        ...trace,
      },
      body: JSON.stringify({
        ...body,
        model,
        ...(max_tokens !== null && { [limit_field]: max_tokens }),
        ...(api !== "embeddings" && { stream }),
        ...(stream && {
          stream_options: {
            include_usage: true,
            ...(running_usage && { continuous_usage_stats: true }),
          },
        }),
      }),
    };
  }
}

async function* behind(first: JsonObject, rest: AsyncGenerator<JsonObject>) {
  try {
    yield first;
    yield* rest;
  } finally {
    // Where nobody asks for the first one, the rest has not begun, and would not end.
    await rest.return(undefined);
  }
}

/** @throws UpstreamFailure for a body that is too large, or no JSON object */
async function wholeOf(response: Response, watch: Silence): Promise<JsonObject> {
  try {
    const text = await textOf(response, watch, BODY_BYTES_MAX);
    const body = text === null ? null : objectOf(parsed(text));
    if (!body) throw unavailable("sent no JSON object, or too large a one");
    return body;
  } finally {
    watch.end();
  }
}

/** Why the engine refuses: the caller's fault, or the engine's or ours. */
async function refused(response: Response, watch: Silence): Promise<UpstreamFailure> {
  const { status } = response;
  const text = await textOf(response, watch, 2 ** 16).catch(() => null);
  watch.end();
  const error = objectOf(objectOf(parsed(text ?? ""))?.error);
  const detail = typeof error?.message === "string" ? error.message : `it answers ${status}`;
  const says = detail.slice(0, DETAIL_CHARS_MAX);
  if (status === 400 || status === 413 || status === 422) {
    return new UpstreamFailure("invalid_request", `The engine refuses the request: ${says}`);
  }
  if (status === 408 || status === 429 || status >= 500) {
    const retry_ms = retryMs(response.headers);
    return new UpstreamFailure("engine_unavailable", `The engine is busy: ${says}`, retry_ms);
  }
  // Redirects, and what is wrong with our key or the model's name there: no repetition mends that.
  return new UpstreamFailure(
    "engine_unavailable",
    `The engine does not take what the mesh sends: status ${status}`,
    Infinity,
  );
}

function retryMs(headers: Headers): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? NaN);
  if (ms > 0) return ms;
  const s = Number(headers.get("retry-after") ?? NaN);
  return s > 0 ? s * 1e3 : undefined;
}

/** @returns null for more than `bytes_max` */
async function textOf(
  { body }: Response,
  watch: Silence,
  bytes_max: number,
): Promise<string | null> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  // All of it, so that an engine that sends a byte now and then does not hold node and caller.
  const began = Date.now();
  for (;;) {
    const { done, value } = await watch.until(reader.read(), began);
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > bytes_max) return null;
    text += decoder.decode(value, { stream: true });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unavailable = (what: string): UpstreamFailure =>
  new UpstreamFailure("engine_unavailable", `The engine ${what}`);
