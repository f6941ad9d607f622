/**
 * The body of an answer: text where it is small, else a stream that writes a piece when one is asked for.
 * @module
 */
import { answerText } from "../../contract/oip/answer-text.ts";
import { withDeadline } from "../../durable-objects/shared/deadline.ts";
import type { Tensor } from "../../contract/tensor.ts";
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
  const { readable, writable } = new IdentityTransformStream();
  room.isLent = true;
  // If the reader has gone, writing fails, and the rest is not written.
  const writer = writable.getWriter();
  const written = write(pieces, writer).catch((reason) => writer.abort(reason).catch(() => {}));
  after(written.finally(() => room.leave()));
  return readable;
}

// A reader that has not taken 256 kB in this time has gone, or means to keep the outputs in memory.
const READ_MS_MAX = 10_000;
// A piece at its longest: 8,192 numbers of 25 characters, and their commas.
const PIECE_BYTES = 2 ** 18;

/** Writes through one buffer: with one for each piece, an answer of 20 MB would leave 20 MB of garbage. */
async function write(
  pieces: Iterable<string>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const utf8 = new TextEncoder();
  const buffer = new Uint8Array(PIECE_BYTES);
  for (const piece of pieces) {
    for (let rest = piece; rest !== "";) {
      const { read, written } = utf8.encodeInto(rest, buffer);
      // write() resolves once the reader has taken the bytes, so the buffer may be filled again.
      await withDeadline(READ_MS_MAX, writer.write(buffer.subarray(0, written)));
      rest = rest.slice(read);
    }
  }
  await writer.close();
}
