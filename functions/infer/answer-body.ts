/**
 * The body of an answer: whole where it is small, else a stream that writes a piece when one is asked for.
 * Binary outputs follow the JSON straight from their tensors.
 * @module
 */
import { type AnswerOutput, answerText } from "../../contract/oip/answer-text.ts";
import { type Tensor, tensorBytes } from "../../contract/tensor.ts";
import { joined } from "../middleware/capped-body.ts";
import { pacedStream, PIECE_BYTES, piecesOf } from "../paced-stream.ts";
import type { Services } from "../services.ts";

// Below these a stream costs more than the memory that it spares.
const ELEMENTS_AT_ONCE = 32_768;
const BYTES_AT_ONCE = 2 ** 18;

/** A body, and the headers that say what it is. */
export interface AnswerBody {
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  headers: Record<string, string>;
}

/**
 * Makes the body.
 * @param fields what stands before the outputs
 * @param services take what writes the stream behind the answer, and the room that it leaves at its end
 */
export function answerBody(
  fields: object,
  outputs: readonly AnswerOutput[],
  services: Pick<Services, "after" | "room">,
): AnswerBody {
  const elements = outputs.reduce((sum, { tensor }) => sum + tensor.data.length, 0);
  const bytes = outputs.reduce((sum, { tensor }) => sum + tensorBytes(tensor), 0);
  const isSmall = elements <= ELEMENTS_AT_ONCE && bytes <= BYTES_AT_ONCE;
  const binary = outputs.flatMap(({ tensor, is_binary }) => is_binary ? tensor : []);
  if (binary.length === 0) {
    const pieces = answerText(fields, outputs);
    const body = isSmall ? [...pieces].join("") : pacedStream(utf8Pieces(pieces), services);
    return { body, headers: { "Content-Type": "application/json" } };
  }
  // The header goes first and says how long the JSON is. So the JSON is written twice, and the first time only
  // counted: it is long only where some outputs are binary and a large one is not.
  let json_bytes = 0;
  for (const piece of utf8Pieces(answerText(fields, outputs))) json_bytes += piece.length;
  const pieces = binaryPieces(fields, outputs, binary);
  return {
    body: isSmall
      ? joined(Array.from(pieces, (piece) => piece.slice()))
      : pacedStream(pieces, services),
    headers: {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(json_bytes),
    },
  };
}

function* binaryPieces(
  fields: object,
  outputs: readonly AnswerOutput[],
  binary: readonly Tensor[],
): Generator<Uint8Array> {
  yield* utf8Pieces(answerText(fields, outputs));
  for (const { data } of binary) {
    if (Array.isArray(data)) yield* textPieces(data);
    else yield* piecesOf(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}

/** The elements of BYTES, each behind its length. */
function* textPieces(elements: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const element of elements) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, element.length, true);
    yield length;
    yield* piecesOf(element);
  }
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
