/**
 * Makes of the chunks of a stream what the engine would have answered in one piece, as OpenAI's API has it.
 * So an answer that nobody waits for any more can be stopped, and is known as far as it was made.
 * @module
 */
import type { EngineApi } from "../../contract/engines.ts";
import { type JsonObject, objectOf } from "./upstream.ts";

// Said of the stream, or written anew by whoever answers.
const OF_CHUNKS = new Set(["id", "object", "created", "model", "choices", "usage"]);

/** One answer, growing. */
export class WholeAnswer {
  readonly #isChat: boolean;
  readonly #choices = new Map<number, JsonObject>();
  #fields: JsonObject = {};

  constructor(api: EngineApi) {
    this.#isChat = api === "chat";
  }

  /** Whether nothing of an answer has come. */
  get isEmpty(): boolean {
    return this.#choices.size === 0;
  }

  /** Takes what a chunk adds. */
  add(chunk: JsonObject): void {
    for (const [name, value] of Object.entries(chunk)) {
      if (!OF_CHUNKS.has(name) && value !== null) this.#fields[name] = value;
    }
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    choices.forEach((said, i) => {
      const choice = objectOf(said) ?? {};
      const index = typeof choice.index === "number" ? choice.index : i;
      this.#choices.set(index, this.#joined(this.#choices.get(index), choice, index));
    });
  }

  /** The answer ends here, as it has as many tokens as it may have. */
  cut(): void {
    for (const choice of this.#choices.values()) choice.finish_reason ??= "length";
  }

  /** The body so far. @param usage what the engine says of it; null: nothing */
  body(usage: JsonObject | null): JsonObject {
    const choices = [...this.#choices.entries()].sort(([a], [b]) => a - b)
      .map(([, choice]) => this.#isChat ? withCalls(choice) : choice);
    return { ...this.#fields, choices, ...(usage && { usage }) };
  }

  #joined(
    before: JsonObject | undefined,
    { delta, text, logprobs, finish_reason, ...rest }: JsonObject,
    index: number,
  ): JsonObject {
    const choice: JsonObject = before ?? {
      index,
      ...(this.#isChat ? { message: { role: "assistant", content: null } } : { text: "" }),
      logprobs: null,
      finish_reason: null,
    };
    for (const [name, value] of Object.entries(rest)) if (value !== null) choice[name] = value;
    choice.index = index;
    choice.logprobs = longer(choice.logprobs, logprobs);
    if (typeof finish_reason === "string") choice.finish_reason = finish_reason;
    if (!this.#isChat) choice.text = longer(choice.text, text);
    else choice.message = messageWith(objectOf(choice.message)!, objectOf(delta) ?? {});
    return choice;
  }
}

function messageWith(message: JsonObject, { role, tool_calls, ...delta }: JsonObject): JsonObject {
  const joined: JsonObject = { ...message };
  if (typeof role === "string") joined.role = role;
  for (const [name, value] of Object.entries(delta)) joined[name] = longer(joined[name], value);
  if (!Array.isArray(tool_calls)) return joined;
  const calls = [...(joined.tool_calls as JsonObject[] | undefined ?? [])];
  for (const said of tool_calls) {
    const { index, ...call } = objectOf(said) ?? {};
    const at = typeof index === "number" ? index : calls.length;
    const before = calls.findIndex((known) => known.index === at);
    if (before < 0) calls.push({ ...call, index: at });
    else calls[before] = callWith(calls[before], call);
  }
  joined.tool_calls = calls;
  return joined;
}

/** A call goes on with more of its arguments; its id and its name are said once, or again. */
function callWith(before: JsonObject, { function: said, ...rest }: JsonObject): JsonObject {
  const named = objectOf(before.function) ?? {};
  const more = objectOf(said) ?? {};
  return {
    ...before,
    ...given(rest),
    function: { ...named, ...given(more), arguments: longer(named.arguments, more.arguments) },
  };
}

/** A call's index is of the stream alone. */
function withCalls(choice: JsonObject): JsonObject {
  const message = objectOf(choice.message)!;
  if (!Array.isArray(message.tool_calls)) return choice;
  const tool_calls = [...message.tool_calls as JsonObject[]]
    .sort((a, b) => Number(a.index) - Number(b.index))
    .map(({ index: _, ...call }) => call);
  return { ...choice, message: { ...message, tool_calls } };
}

/** Texts and lists go on, and objects by their fields; of anything else the last that was said holds. */
function longer(before: unknown, more: unknown): unknown {
  if ((more ?? null) === null) return before;
  if (typeof before === "string" && typeof more === "string") return before + more;
  if (Array.isArray(before) && Array.isArray(more)) return [...before, ...more];
  const [known, added] = [objectOf(before), objectOf(more)];
  if (!known || !added) return more;
  return Object.fromEntries(
    Object.keys({ ...known, ...added }).map((name) => [name, longer(known[name], added[name])]),
  );
}

const given = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? null) !== null));
