/**
 * Asks a model of Workers AI through its binding, and makes of what it answers what OpenAI's API would.
 * Its models answer in two forms: `{ response }`, and as OpenAI's API does.
 * @module
 */
import type { WorkersAiEngine } from "../../contract/engines.ts";
import { Silence } from "./silence.ts";
import { chunksOf } from "./sse.ts";
import {
  type JsonObject,
  objectOf,
  type Upstream,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
} from "./upstream.ts";

/** The part of the binding that is used. */
export interface AiBinding {
  run(
    model: string,
    inputs: JsonObject,
    options?: { headers: Record<string, string> },
  ): Promise<unknown>;
}

/** One model of Workers AI. */
export class WorkersAiUpstream implements Upstream {
  /** The binding takes no signal. */
  readonly stops = false;
  readonly #engine: WorkersAiEngine;
  readonly #binding: AiBinding | undefined;

  /** @param binding undefined where the deployment has none: every ask then fails, and says so */
  constructor(engine: WorkersAiEngine, binding: AiBinding | undefined) {
    this.#engine = engine;
    this.#binding = binding;
  }

  /**
   * Asks, as Upstream.ask() says; once, as the binding itself asks again.
   * @throws UpstreamFailure, or what the signal was aborted with
   */
  async ask(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    if (!this.#binding) {
      throw new UpstreamFailure(
        "engine_unavailable",
        "The deployment has no binding AI: wrangler.toml says how to add it",
        Infinity,
      );
    }
    const watch = new Silence(this.#engine.silence_ms_max, signal);
    try {
      const { session } = request;
      const options = session === undefined ? [] : [{ headers: { "x-session-affinity": session } }];
      const answer = await watch.until(
        this.#binding.run(this.#engine.model, inputsOf(request), ...options),
      );
      if (answer instanceof ReadableStream) {
        const chunks = chunksOf(answer, watch);
        return { is: "stream", chunks: asChunks(chunks, request) };
      }
      watch.end();
      const body = objectOf(answer);
      if (!body) throw new UpstreamFailure("engine_unavailable", "Workers AI sent no JSON object");
      return { is: "whole", body: asBody(body, request) };
    } catch (error) {
      watch.end();
      if (error instanceof UpstreamFailure || signal.aborted) throw error;
      throw new UpstreamFailure("engine_unavailable", "Workers AI does not answer");
    }
  }
}

function inputsOf({ api, body, max_tokens, stream }: UpstreamRequest): JsonObject {
  if (api === "embeddings") return { text: [body.input].flat() };
  return { ...body, ...(max_tokens !== null && { max_tokens }), stream };
}

function asBody(body: JsonObject, { api }: UpstreamRequest): JsonObject {
  if (api === "embeddings") {
    const rows = Array.isArray(body.data) ? body.data : [];
    return {
      data: rows.map((embedding, index) => ({ object: "embedding", index, embedding })),
      ...(objectOf(body.usage) && { usage: body.usage }),
    };
  }
  if (Array.isArray(body.choices)) return body;
  const text = String(body.response ?? "");
  const said = api === "chat" ? { message: { role: "assistant", content: text } } : { text };
  return { choices: [{ index: 0, ...said, finish_reason: "stop" }], usage: body.usage };
}

/** Its streams of the first form end with `[DONE]` alone: the reason is added. */
async function* asChunks(
  chunks: AsyncIterable<JsonObject>,
  { api }: UpstreamRequest,
): AsyncGenerator<JsonObject> {
  let finished = false;
  const choice = (text: string, finish_reason: string | null): JsonObject => ({
    index: 0,
    ...(api === "chat" ? { delta: text === "" ? {} : { content: text } } : { text }),
    finish_reason,
  });
  for await (const chunk of chunks) {
    if (Array.isArray(chunk.choices)) {
      finished = true;
      yield chunk;
      continue;
    }
    const text = typeof chunk.response === "string" ? chunk.response : "";
    yield { choices: [choice(text, null)], ...(objectOf(chunk.usage) && { usage: chunk.usage }) };
  }
  if (!finished) yield { choices: [choice("", "stop")] };
}
