/**
 * The body of an answer: text where it is small, else a stream that writes a piece when one is asked for.
 * @module
 */
import { answerText } from "../../contract/oip/answer-text.ts";
import type { Tensor } from "../../contract/tensor.ts";
import { pacedStream, PIECE_BYTES } from "../paced-stream.ts";
import type { Services } from "../services.ts";

// Below this a stream costs more than the text that it spares.
const ELEMENTS_AT_ONCE = 32_768;

/**
 * Makes the body.
 * @param fields what stands before the outputs
 * @param services take what writes the stream behind the answer, and the room that it leaves at its end
 */
export function answerBody(
  fields: object,
  outputs: readonly Tensor[],
  { after, room }: Pick<Services, "after" | "room">,
): string | ReadableStream<Uint8Array> {
  const pieces = answerText(fields, outputs);
  const elements = outputs.reduce((sum, { data }) => sum + data.length, 0);
  if (elements <= ELEMENTS_AT_ONCE) return [...pieces].join("");
  return pacedStream(utf8Pieces(pieces), { after, room });
}

/** Encodes into one buffer: with one for each piece, an answer of 20 MB would leave 20 MB of garbage. */
function* utf8Pieces(texts: Iterable<string>): Generator<Uint8Array> {
  const utf8 = new TextEncoder();
  const buffer = new Uint8Array(PIECE_BYTES);
  for (const text of texts) {
    for (let rest = text; rest !== "";) {
      const { read, written } = utf8.encodeInto(rest, buffer);
      yield buffer.subarray(0, written);
      rest = rest.slice(read);
    }
  }
}
