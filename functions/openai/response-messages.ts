/**
 * The items and tools of a response's request as the chat API of an engine takes them.
 * @module
 */
import type { ResponseRequest } from "../../contract/openai/responses.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";

type Item = Exclude<ResponseRequest["input"], string>[number];

/** The messages: calls stand in the assistant's message that they are part of, their outputs behind it. */
export function messagesOf(
  { input, instructions }: Pick<ResponseRequest, "input" | "instructions">,
): JsonObject[] {
  const messages: JsonObject[] = [];
  if ((instructions ?? null) !== null) messages.push({ role: "system", content: instructions });
  if (typeof input === "string") return [...messages, { role: "user", content: input }];
  for (const item of input) add(messages, item);
  return messages;
}

function add(messages: JsonObject[], item: Item): void {
  switch (item.type) {
    case "function_call": {
      const { call_id: id, name, arguments: args } = item;
      const call = { id, type: "function", function: { name, arguments: args } };
      const last = messages.at(-1);
      if (last?.role === "assistant") {
        last.tool_calls = [...(last.tool_calls as JsonObject[] | undefined ?? []), call];
      } else messages.push({ role: "assistant", content: null, tool_calls: [call] });
      return;
    }
    case "function_call_output":
      messages.push({ role: "tool", tool_call_id: item.call_id, content: textOf(item.output) });
      return;
    default:
      messages.push({ role: item.role, content: textOf(item.content) });
  }
}

const textOf = (content: string | { text: string }[]): string =>
  typeof content === "string" ? content : content.map(({ text }) => text).join("");

/** The fields that say what may be called. */
export function toolFields(
  { tools, tool_choice, parallel_tool_calls }: Pick<
    ResponseRequest,
    "tools" | "tool_choice" | "parallel_tool_calls"
  >,
): JsonObject {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map(({ type, name, description, parameters, strict }) => ({
      type,
      function: {
        name,
        ...((description ?? null) !== null && { description }),
        ...((parameters ?? null) !== null && { parameters }),
        ...((strict ?? null) !== null && { strict }),
      },
    })),
    tool_choice: typeof tool_choice === "object" && tool_choice !== null
      ? { type: "function", function: { name: tool_choice.name } }
      : tool_choice,
    parallel_tool_calls,
  };
}
