/**
 * A response and its events, as OpenAI's Responses API has them.
 * @module
 */
import type { ResponseRequest } from "../../contract/openai/responses.ts";
import { type ProblemCode, PROBLEMS } from "../../contract/problem.ts";
import { type JsonObject, objectOf } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import { placedObject, ranObject, type UsageObject, usageObject } from "./answer-object.ts";
import type { EventForm, StreamEnd } from "./event-stream.ts";
import {
  type CallPart,
  callsOf,
  endedBy,
  itemId,
  itemObject,
  type ItemStatus,
  type OutputItem,
  textPart,
} from "./response-items.ts";

/** What a response has from its beginning. */
export interface ResponseHead {
  request: ResponseRequest;
  /** Real clock, ms since 1970. */
  now_ms: number;
  planned: Execution;
}

/** What a response came to. */
export interface ResponseEnd {
  items: readonly OutputItem[];
  /** As the engine says it: `length` or `content_filter` where the answer is not whole. */
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
  const { status, reason } = end
    ? endedBy(end.finish_reason)
    : { status: "in_progress" as const, reason: null };
  const { tools } = request;
  const callsTools = (tools ?? []).length > 0;
  return {
    id: responseId(planned),
    object: "response",
    created_at: Math.floor(now_ms / 1e3),
    status,
    background: false,
    error: null,
    incomplete_details: reason === null ? null : { reason },
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: request.model,
    output: end ? itemObjects(planned, end.items, status) : [],
    parallel_tool_calls: callsTools && (request.parallel_tool_calls ?? true),
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: false,
    temperature: request.temperature ?? null,
    text: { format: { type: "text" } },
    tool_choice: callsTools ? request.tool_choice ?? "auto" : "none",
    tools: tools ?? [],
    top_p: request.top_p ?? null,
    truncation: "disabled",
    usage: end && responseUsage(end.usage),
    perigee: end ? ranObject(end.execution) : placedObject(planned),
  };
}

/** Makes the events of one stream, each with its number. */
export class ResponseForm implements EventForm {
  readonly #head: ResponseHead;
  readonly #id: string;
  /** In the order of the output. */
  readonly #items: OutputItem[] = [];
  /** Where in the output the engine's calls are, by their indices there. */
  readonly #calls = new Map<number, number>();
  #sequence = 0;
  #finish_reason = "stop";

  constructor(head: ResponseHead) {
    this.#head = head;
    this.#id = head.planned.receipt.id;
  }

  /** The text and the calls of a chunk; before the first one, that the response has begun. */
  chunk(chunk: JsonObject): string {
    const choice = Array.isArray(chunk.choices) ? objectOf(chunk.choices[0]) : null;
    if (!choice) return "";
    if (typeof choice.finish_reason === "string") this.#finish_reason = choice.finish_reason;
    const delta = objectOf(choice.delta);
    const text = delta?.content;
    return this.#beginning() +
      (typeof text === "string" && text !== "" ? this.#text(text) : "") +
      callsOf(delta).map((part) => this.#call(part)).join("");
  }

  /** That each item and the response are done. */
  end({ cut, usage }: StreamEnd, execution: Execution): string {
    const begins = this.#beginning();
    // An answer of nothing is a message all the same.
    const opens = this.#items.length === 0 ? this.#open({ is: "message", text: "" }) : "";
    const end: ResponseEnd = {
      items: this.#items,
      finish_reason: cut ? "length" : this.#finish_reason,
      usage: usageObject(execution, usage),
      execution,
    };
    const response = responseObject(this.#head, end);
    const done = (response.output as JsonObject[]).map((item, at) => this.#done(item, at)).join("");
    return begins + opens + done + this.#event(`response.${response.status}`, { response });
  }

  /** As OpenAI's clients read an error of this API, and of the others. */
  error(code: ProblemCode, message: string): string {
    const error = { message, type: PROBLEMS[code].openai, param: null, code };
    return this.#event("error", { code, message, param: null, error });
  }

  /** Nothing if it has begun. */
  #beginning(): string {
    if (this.#sequence > 0) return "";
    const response = responseObject(this.#head, null);
    return this.#event("response.created", { response }) +
      this.#event("response.in_progress", { response });
  }

  #text(delta: string): string {
    let at = this.#items.findIndex(({ is }) => is === "message");
    const opens = at < 0 ? this.#open({ is: "message", text: "" }) : "";
    if (at < 0) at = this.#items.length - 1;
    const message = this.#items[at];
    if (message.is === "message") message.text += delta;
    const place = { ...this.#place(at), content_index: 0 };
    return opens + this.#event("response.output_text.delta", { ...place, delta, logprobs: [] });
  }

  #call({ index, call_id, name, arguments: delta }: CallPart): string {
    let opens = "";
    let at = this.#calls.get(index);
    if (at === undefined) {
      at = this.#items.length;
      this.#calls.set(index, at);
      opens = this.#open({ is: "call", call_id, name, arguments: "" });
    }
    const call = this.#items[at];
    if (delta === "" || call.is !== "call") return opens;
    call.arguments += delta;
    const fields = { ...this.#place(at), delta };
    return opens + this.#event("response.function_call_arguments.delta", fields);
  }

  #open(item: OutputItem): string {
    const at = this.#items.push(item) - 1;
    const added = this.#event("response.output_item.added", {
      output_index: at,
      item: itemObject(this.#id, item, { at, status: "in_progress" }),
    });
    if (item.is === "call") return added;
    const place = { ...this.#place(at), content_index: 0 };
    return added + this.#event("response.content_part.added", { ...place, part: textPart("") });
  }

  #done(written: JsonObject, at: number): string {
    const item = this.#items[at];
    const place = this.#place(at);
    const own = item.is === "call"
      ? this.#event("response.function_call_arguments.done", {
        ...place,
        name: item.name,
        arguments: item.arguments,
      })
      : [
        this.#event("response.output_text.done", {
          ...place,
          content_index: 0,
          text: item.text,
          logprobs: [],
        }),
        this.#event("response.content_part.done", {
          ...place,
          content_index: 0,
          part: textPart(item.text),
        }),
      ].join("");
    return own +
      this.#event("response.output_item.done", { output_index: at, item: written });
  }

  #place(at: number): { item_id: string; output_index: number } {
    return { item_id: itemId(this.#id, this.#items[at], at), output_index: at };
  }

  #event(type: string, fields: JsonObject): string {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...fields });
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

const responseId = ({ receipt }: Execution): string => `resp_${receipt.id}`;

/** The last item is cut where the response is; those before it are whole. */
const itemObjects = (
  { receipt }: Execution,
  items: readonly OutputItem[],
  status: ItemStatus,
): JsonObject[] =>
  items.map((item, at) =>
    itemObject(receipt.id, item, { at, status: at < items.length - 1 ? "completed" : status })
  );

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
