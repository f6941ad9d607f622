/**
 * Reads the chunks of an engine's stream: server-sent events of JSON, ended by `[DONE]`.
 * @module
 */
import { createParser } from "eventsource-parser";
import type { Silence } from "./silence.ts";
import { type JsonObject, objectOf, UpstreamFailure } from "./upstream.ts";

// An event holds a few tokens; an engine that never ends one must not fill the object's memory.
const EVENT_CHARS_MAX = 2 ** 20;

/**
 * Reads a stream of events.
 * @param watch how long each read may take
 * @returns chunks as they come; it ends after `[DONE]`, or at the end of a stream in which every choice has
 *   told why it ended
 * @throws UpstreamFailure for an event that is an error or no JSON, and for a stream that breaks off
 */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  watch: Silence,
): AsyncGenerator<JsonObject, void, void> {
  const events: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => void events.push(data),
    maxBufferSize: EVENT_CHARS_MAX,
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw broken("sent an event without end");
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let finished = false;
  // Comments keep a connection open, and are no answer: an engine that sends nothing else is silent.
  let silent_since = Date.now();
  try {
    for (;;) {
      const { done, value } = await watch.until(reader.read(), silent_since).catch((error) => {
        if (error instanceof UpstreamFailure || watch.signal.aborted) throw error;
        throw broken("broke the connection off");
      });
      if (done) {
        if (finished) return;
        throw broken("ended the stream without saying that it is done");
      }
      parser.feed(decoder.decode(value, { stream: true }));
      for (const data of events.splice(0)) {
        if (data === "[DONE]") return;
        const chunk = chunkOf(data);
        finished ||= isFinished(chunk);
        yield chunk;
        silent_since = Date.now();
      }
    }
  } finally {
    reader.cancel().catch(() => {});
    watch.end();
  }
}

function chunkOf(data: string): JsonObject {
  let chunk: JsonObject | null;
  try {
    chunk = objectOf(JSON.parse(data));
  } catch {
    chunk = null;
  }
  if (!chunk) throw broken("sent an event that is no JSON object");
  const error = objectOf(chunk.error);
  if (error) throw broken(`says: ${String(error.message ?? "it failed").slice(0, 500)}`);
  return chunk;
}

const isFinished = ({ choices }: JsonObject): boolean =>
  Array.isArray(choices) && choices.length > 0 &&
  choices.every((choice) => (objectOf(choice)?.finish_reason ?? null) !== null);

const broken = (what: string): UpstreamFailure =>
  new UpstreamFailure("engine_unavailable", `The engine ${what}`);
