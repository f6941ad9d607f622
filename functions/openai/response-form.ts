/**
 * A response and its events, as OpenAI's Responses API has them: one message of one text.
 * @module
 */
import type { ResponseRequest } from "../../contract/openai/responses.ts";
import { type ProblemCode, PROBLEMS } from "../../contract/problem.ts";
import { type JsonObject, objectOf } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import { placedObject, ranObject, type UsageObject, usageObject } from "./answer-object.ts";
import type { EventForm, StreamEnd } from "./event-stream.ts";

/** What a response has from its beginning. */
export interface ResponseHead {
  request: ResponseRequest;
  /** Real clock, ms since 1970. */
  now_ms: number;
  planned: Execution;
}

/** What a response came to. */
export interface ResponseEnd {
  text: string;
  /** As the engine says it: `length` where the answer is not whole. */
  finish_reason: string;
  usage: UsageObject;
  execution: Execution;
}

/**
 * The response as an object.
 * @param end null: it is in progress
 */
export function responseObject(
  { request, now_ms, planned }: ResponseHead,
  end: ResponseEnd | null,
): JsonObject {
  const cut = end?.finish_reason === "length";
  return {
    id: responseId(planned),
    object: "response",
    created_at: Math.floor(now_ms / 1e3),
    status: end === null ? "in_progress" : cut ? "incomplete" : "completed",
    background: false,
    error: null,
    incomplete_details: cut ? { reason: "max_output_tokens" } : null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: request.model,
    output: end === null
      ? []
      : [messageObject(planned, end.text, cut ? "incomplete" : "completed")],
    parallel_tool_calls: false,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: false,
    temperature: request.temperature ?? null,
    text: { format: { type: "text" } },
    tool_choice: "none",
    tools: [],
    top_p: request.top_p ?? null,
    truncation: "disabled",
    usage: end && responseUsage(end.usage),
    perigee: end ? ranObject(end.execution) : placedObject(planned),
  };
}

/** Makes the events of one stream, each with its number. */
export class ResponseForm implements EventForm {
  readonly #head: ResponseHead;
  readonly #item_id: string;
  #sequence = 0;
  #text = "";
  #finish_reason = "stop";

  constructor(head: ResponseHead) {
    this.#head = head;
    this.#item_id = messageId(head.planned);
  }

  /** The text of a chunk; before the first one, that the response has begun. */
  chunk(chunk: JsonObject): string {
    const choice = Array.isArray(chunk.choices) ? objectOf(chunk.choices[0]) : null;
    if (!choice) return "";
    if (typeof choice.finish_reason === "string") this.#finish_reason = choice.finish_reason;
    const delta = objectOf(choice.delta)?.content;
    const begins = this.#sequence === 0 ? this.#beginning() : "";
    if (typeof delta !== "string" || delta === "") return begins;
    this.#text += delta;
    return begins + this.#event("response.output_text.delta", {
      ...this.#place(),
      delta,
      logprobs: [],
    });
  }

  /** That the text, its message and the response are done. */
  end({ cut, usage }: StreamEnd, execution: Execution): string {
    const text = this.#text;
    const end: ResponseEnd = {
      text,
      finish_reason: cut ? "length" : this.#finish_reason,
      usage: usageObject(execution, usage),
      execution,
    };
    const response = responseObject(this.#head, end);
    const status = response.status as "completed" | "incomplete";
    return (this.#sequence === 0 ? this.#beginning() : "") + [
      this.#event("response.output_text.done", { ...this.#place(), text, logprobs: [] }),
      this.#event("response.content_part.done", { ...this.#place(), part: textPart(text) }),
      this.#event("response.output_item.done", {
        output_index: 0,
        item: messageObject(this.#head.planned, text, status),
      }),
      this.#event(`response.${status}`, { response }),
    ].join("");
  }

  /** As OpenAI's clients read an error of this API, and of the others. */
  error(code: ProblemCode, message: string): string {
    const error = { message, type: PROBLEMS[code].openai, param: null, code };
    return this.#event("error", { code, message, param: null, error });
  }

  #beginning(): string {
    const response = responseObject(this.#head, null);
    const item = { ...messageObject(this.#head.planned, "", "in_progress"), content: [] };
    return [
      this.#event("response.created", { response }),
      this.#event("response.in_progress", { response }),
      this.#event("response.output_item.added", { output_index: 0, item }),
      this.#event("response.content_part.added", { ...this.#place(), part: textPart("") }),
    ].join("");
  }

  #place() {
    return { item_id: this.#item_id, output_index: 0, content_index: 0 };
  }

  #event(type: string, fields: JsonObject): string {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...fields });
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

const responseId = ({ receipt }: Execution): string => `resp_${receipt.id}`;
const messageId = ({ receipt }: Execution): string => `msg_${receipt.id}`;

const textPart = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });

const messageObject = (planned: Execution, text: string, status: string) => ({
  id: messageId(planned),
  type: "message",
  status,
  role: "assistant",
  content: [textPart(text)],
});

const responseUsage = (
  { prompt_tokens, completion_tokens, total_tokens, ...said }: UsageObject,
) => ({
  input_tokens: prompt_tokens,
  input_tokens_details: { cached_tokens: detail(said.prompt_tokens_details, "cached_tokens") },
  output_tokens: completion_tokens,
  output_tokens_details: {
    reasoning_tokens: detail(said.completion_tokens_details, "reasoning_tokens"),
  },
  total_tokens,
});

const detail = (details: unknown, name: string): number => Number(objectOf(details)?.[name] ?? 0);
