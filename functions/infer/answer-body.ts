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

/**
 * Encodes into one buffer: with one for each piece, an answer of 20 MB would leave 20 MB of garbage. No text
 * is held while a piece is read, except the last one's end: it would outlive the young generation.
 */
function* utf8Pieces(texts: Iterable<string>): Generator<Uint8Array> {
  const utf8 = new TextEncoder();
  const buffer = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for (const text of texts) {
    for (let rest = text;;) {
      const { read, written } = utf8.encodeInto(rest, buffer.subarray(filled));
      filled += written;
      if (read === rest.length) break;
      yield buffer.subarray(0, filled);
      filled = 0;
      rest = rest.slice(read);
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
