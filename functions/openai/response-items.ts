/**
 * The items of a response's output, as OpenAI's Responses API has them: a message of one text, and calls of
 * functions. Made of what the chat API of an engine answers.
 * @module
 */
import { type JsonObject, objectOf } from "../../inference/upstream/upstream.ts";

/** One item: the text of the message, or a call as far as it has come. */
export type OutputItem =
  | { is: "message"; text: string }
  | { is: "call"; call_id: string; name: string; arguments: string };

/** Whether an item, or a response, is whole. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** How a response ended: what the engine says why it ended is why it is not whole, or that it is. */
export function endedBy(finish_reason: string): { status: ItemStatus; reason: string | null } {
  if (finish_reason === "length") return { status: "incomplete", reason: "max_output_tokens" };
  if (finish_reason === "content_filter") {
    return { status: "incomplete", reason: "content_filter" };
  }
  return { status: "completed", reason: null };
}

/**
 * The items of an engine's whole message.
 * @returns a message without text where there is nothing else
 */
export function itemsOf(message: JsonObject | null): OutputItem[] {
  const text = typeof message?.content === "string" ? message.content : "";
  const calls = callsOf(message).map((call): OutputItem => ({ is: "call", ...call }));
  return text !== "" || calls.length === 0 ? [{ is: "message", text }, ...calls] : calls;
}

/** A part of a call, as a message or the delta of one has it; texts that it does not have are empty. */
export interface CallPart {
  /** Of the stream: which call goes on. */
  index: number;
  call_id: string;
  name: string;
  arguments: string;
}

/** The calls in a message, or in its delta. */
export function callsOf(message: JsonObject | null): CallPart[] {
  const calls = Array.isArray(message?.tool_calls) ? message.tool_calls : [];
  return calls.map((said, i) => {
    const call = objectOf(said);
    const named = objectOf(call?.function);
    return {
      index: typeof call?.index === "number" ? call.index : i,
      call_id: textOf(call?.id),
      name: textOf(named?.name),
      arguments: textOf(named?.arguments),
    };
  });
}

/** The id of an item. @param id of the execution @param at its place in the output */
export const itemId = (id: string, item: OutputItem, at: number): string =>
  item.is === "message" ? `msg_${id}` : `fc_${id}_${at}`;

/** An item as it is written. @param id of the execution @param at its place in the output */
export function itemObject(
  id: string,
  item: OutputItem,
  { at, status }: { at: number; status: ItemStatus },
): JsonObject {
  if (item.is === "message") {
    return {
      id: itemId(id, item, at),
      type: "message",
      status,
      role: "assistant",
      content: status === "in_progress" ? [] : [textPart(item.text)],
    };
  }
  return {
    id: itemId(id, item, at),
    type: "function_call",
    status,
    // An engine that names no call calls one at a time.
    call_id: item.call_id || `call_${id}_${at}`,
    name: item.name,
    arguments: item.arguments,
  };
}

/** The part of a message that is its text. */
export const textPart = (text: string): JsonObject => ({
  type: "output_text",
  text,
  annotations: [],
  logprobs: [],
});

const textOf = (value: unknown): string => typeof value === "string" ? value : "";
