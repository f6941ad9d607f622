/**
 * What a trace says of the asking of a language model's engine, by OpenTelemetry's conventions for
 * generative AI: for as long as the engine writes. No prompt and no answer is in it.
 * @module
 */
import type { EngineApi, EngineModel } from "../../contract/engines.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import type { TokenUse } from "../../mesh/billing/tokens.ts";
import type { Span } from "../../telemetry/span.ts";
import type { UpstreamAsk } from "./upstream/upstream-job.ts";

// By the conventions' own names of operations and providers.
const OPERATIONS: Readonly<Record<EngineApi, string>> = {
  chat: "chat",
  completions: "text_completion",
  embeddings: "embeddings",
};
const PROVIDERS: Readonly<Record<EngineModel["kind"], string>> = {
  "openai": "openai",
  "workers-ai": "cloudflare.workers_ai",
};

/** The span of one ask of an engine. */
export class EngineSpan {
  readonly #span: Span;

  private constructor(span: Span) {
    this.#span = span;
  }

  /**
   * Begins the span.
   * @param of the node's
   * @param model as callers name it
   * @param engine undefined where the node's settings do not have the model
   */
  static of(
    of: Span,
    model: string,
    engine: EngineModel | undefined,
    { api, max_tokens }: UpstreamAsk,
  ): EngineSpan {
    const url = engine?.kind === "openai" ? new URL(engine.base_url) : null;
    const operation = OPERATIONS[api];
    const asked = engine?.model ?? model;
    return new EngineSpan(of.child(`${operation} ${asked}`, {
      kind: "client",
      attributes: {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": engine && PROVIDERS[engine.kind],
        "gen_ai.request.model": asked,
        "gen_ai.request.max_tokens": max_tokens,
        "perigee.model": model,
        "server.address": url?.hostname,
        "server.port": url && (Number(url.port) || (url.protocol === "https:" ? 443 : 80)),
      },
    }));
  }

  /** For the engine, so that its own spans are part of this one. */
  headers(): TraceHeaders {
    return this.#span.headers();
  }

  /**
   * The engine writes no more.
   * @param tokens as they are billed; null: nothing was answered
   * @param error a word for what went wrong; null: nothing
   */
  end(tokens: TokenUse | null, error: string | null): void {
    if (tokens) {
      this.#span.set({
        "gen_ai.usage.input_tokens": tokens.prompt_tokens,
        "gen_ai.usage.output_tokens": tokens.completion_tokens,
      });
    }
    if (error !== null) this.#span.fail(error);
    this.#span.end();
  }
}
