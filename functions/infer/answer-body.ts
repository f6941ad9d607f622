/**
 * The body of an answer: text where it is small, else a stream that writes a piece when one is asked for.
 * @module
 */
import { answerText } from "../../contract/oip/answer-text.ts";
import type { Tensor } from "../../contract/tensor.ts";
import type { BodyRoom } from "../body-room.ts";

// Below this a stream costs more than the text that it spares.
const ELEMENTS_AT_ONCE = 32_768;

/** @param room is left when a stream has ended, or its reader has gone */
export function answerBody(
  fields: object,
  outputs: readonly Tensor[],
  room: BodyRoom,
): string | ReadableStream<Uint8Array> {
  const pieces = answerText(fields, outputs);
  const elements = outputs.reduce((sum, { data }) => sum + data.length, 0);
  if (elements <= ELEMENTS_AT_ONCE) return [...pieces].join("");
  room.isLent = true;
  const utf8 = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next();
      if (!done) return controller.enqueue(utf8.encode(value));
      controller.close();
      room.leave();
    },
    cancel: () => room.leave(),
  });
}
