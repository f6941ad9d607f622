/**
 * The chunks of a completion as OpenAI's clients expect them, whatever engine they come from.
 * @module
 */
import { type JsonObject, objectOf } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import { placedObject, ranObject, usageObject } from "./answer-object.ts";
import { dataEvent, type EventForm, type StreamEnd } from "./event-stream.ts";

/** What the chunks of one stream have in common. */
export interface ChunkHead {
  /** As the caller named it. */
  model: string;
  object: "chat.completion.chunk" | "text_completion";
  /** Real clock, ms since 1970. */
  now_ms: number;
  /** Whether the caller asked for the usage at the end. */
  include_usage: boolean;
  planned: Execution;
}

/** Makes the form of one stream. */
export class CompletionForm implements EventForm {
  readonly #head: ChunkHead;
  readonly #spoken = new Set<number>();
  #first = true;
  #fields: JsonObject;

  constructor(head: ChunkHead) {
    const { object, model, now_ms, planned } = head;
    this.#head = head;
    this.#fields = {
      id: `${object === "text_completion" ? "cmpl" : "chatcmpl"}-${planned.receipt.id}`,
      object,
      created: Math.floor(now_ms / 1e3),
      model,
    };
  }

  /** The chunk's event; none for one without choices, which tells the usage. */
  chunk({ choices, system_fingerprint }: JsonObject): string {
    if (!Array.isArray(choices) || choices.length === 0) return "";
    const first = this.#first;
    this.#first = false;
    return dataEvent({
      ...this.#fields,
      ...(typeof system_fingerprint === "string" && { system_fingerprint }),
      choices: choices.map((choice, i) => this.#choice(objectOf(choice) ?? {}, i)),
      ...this.#noUsage(),
      ...(first && { perigee: placedObject(this.#head.planned) }),
    });
  }

  /** Why each choice ended, where its answer was cut; and the usage, if the caller asked for it. */
  end({ cut, usage }: StreamEnd, execution: Execution): string {
    const reason = [...this.#spoken].map((index) => ({
      index,
      ...(this.#isChat ? { delta: {} } : { text: "" }),
      finish_reason: "length",
    }));
    const last = cut ? dataEvent({ ...this.#fields, choices: reason, ...this.#noUsage() }) : "";
    if (!this.#head.include_usage) return last;
    return last + dataEvent({
      ...this.#fields,
      choices: [],
      usage: usageObject(execution, usage),
      perigee: ranObject(execution),
    });
  }

  get #isChat(): boolean {
    return this.#head.object === "chat.completion.chunk";
  }

  /** Every chunk but the last says that it has none, where the last one will have it. */
  #noUsage(): JsonObject {
    return this.#head.include_usage ? { usage: null } : {};
  }

  #choice(choice: JsonObject, i: number): JsonObject {
    const index = typeof choice.index === "number" ? choice.index : i;
    const begins = !this.#spoken.has(index);
    this.#spoken.add(index);
    const finish_reason = choice.finish_reason ?? null;
    if (!this.#isChat) return { text: "", logprobs: null, ...choice, index, finish_reason };
    const delta = { ...(begins && { role: "assistant" }), ...objectOf(choice.delta) };
    return { ...choice, index, delta, finish_reason };
  }
}
