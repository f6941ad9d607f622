/**
 * What answers for a language model. Several engines stand behind this one interface, and all of them
 * speak as OpenAI's API does: whole bodies, or chunks of a stream.
 * @module
 */
import type { EngineApi } from "../../contract/engines.ts";
import type { ProblemCode } from "../../contract/problem.ts";

/** A JSON object as an engine sends it. */
export type JsonObject = { [name: string]: unknown };

/** What an engine is asked. */
export interface UpstreamRequest {
  api: EngineApi;
  /** As OpenAI's API takes it, without `model`, `stream` and the limit of tokens. */
  body: JsonObject;
  /** The most tokens of each choice; null where none are written. */
  max_tokens: number | null;
  stream: boolean;
  /** Whose earlier asks the engine may have in its cache: 32 digits that are no other tenant's. */
  session?: string;
}

/** What an engine answers: a body, or the chunks of a stream, of which the first has come. */
export type UpstreamAnswer =
  | { is: "whole"; body: JsonObject }
  /** Throws UpstreamFailure where the stream breaks; one that ends has ended as it should. */
  | { is: "stream"; chunks: AsyncIterable<JsonObject> };

/** Asks an engine. */
export interface Upstream {
  /**
   * Whether an abort stops the engine. Such an engine is asked for a stream also where the caller is not
   * answered with one, so that it is known what it had made when it was stopped.
   */
  readonly stops: boolean;
  /**
   * Asks once, and again where that is safe: before the first byte of an answer.
   * @param signal aborted where nobody waits for the answer any more
   * @throws UpstreamFailure
   */
  ask(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>;
}

/** Why an engine gave no answer: it refuses the request as it is, or it does not answer now. */
export type UpstreamFault = Extract<ProblemCode, "invalid_request" | "engine_unavailable">;

/** An ask that an engine did not answer, or an answer that broke off. */
export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";

  /**
   * @param message a sentence without its period, for the caller
   * @param retry_after_ms when the engine says that it is worth asking again
   */
  constructor(
    readonly fault: UpstreamFault,
    message: string,
    readonly retry_after_ms?: number,
  ) {
    super(message);
  }
}

/**
 * Reads what an engine sends, which may be anything.
 * @returns null for what is no JSON object
 */
export const objectOf = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : null;
