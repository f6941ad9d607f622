/**
 * Reads a body as it was before its Content-Encoding, and holds the same limits to what unpacks as to what
 * comes: a body of 30 kB that becomes 30 MB is refused at the first piece beyond its limit. What is longer
 * than its length told, packed or sent without one, counts against the rate as it comes.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { weightBeyond } from "../billing/request-weights.ts";
import { type BodyRoom, LARGE_BYTES } from "../body-room.ts";
import { BREATH_BYTES, breathe, cappedChunks, type ChunkOptions, tooLarge } from "./capped-body.ts";
import { type Encoding, ENCODINGS, Inflater } from "./inflater.ts";

/**
 * The chunks of a body, unpacked, in their order. A chunk is valid only until the next is asked for.
 * @param bytes_max the limit for all chunks together, as they came and as they are unpacked
 * @param room is entered once the body turns out to be large
 * @param options those of cappedChunks(); `packed` hears each chunk as it came over the wire
 * @throws ProblemError what cappedChunks() throws, `rate_limited` for what is longer than the rate allows,
 *   `unsupported_media_type` for an encoding that is not taken, `body_unreadable` for a body that is not what
 *   its Content-Encoding says
 */
export async function* unpackedChunks(
  request: Pick<Request, "headers" | "body">,
  bytes_max: number,
  room: BodyRoom,
  { packed = () => {}, ...options }: ChunkOptions & { packed?: (chunk: Uint8Array) => void } = {},
): AsyncGenerator<Uint8Array> {
  const encoding = encodingOf(request.headers);
  const inflater = encoding && new Inflater(encoding);
  let bytes = 0;
  let breathed = 0;
  let weighed = Number(request.headers.get("Content-Length") ?? 0);
  const weigh = async () => {
    const requests = weightBeyond(bytes, weighed);
    if (requests === 0) return;
    weighed = bytes;
    await room.weigh(requests);
  };
  for await (const chunk of cappedChunks(request, bytes_max, room, options)) {
    packed(chunk);
    if (!inflater) {
      bytes += chunk.length;
      await weigh();
      yield chunk;
      continue;
    }
    const pieces = inflater.pieces(chunk);
    for (;;) {
      const { done, value: piece } = said(() => pieces.next());
      if (done) break;
      bytes += piece.length;
      if (bytes > bytes_max) throw tooLarge(bytes_max);
      await weigh();
      if (bytes > LARGE_BYTES) await room.enter(options.takes ?? "read");
      yield piece;
      // Unpacking is work, whatever its reader does with it.
      if (bytes - breathed < BREATH_BYTES) continue;
      breathed = bytes;
      await breathe();
    }
  }
  if (inflater) said(() => inflater.end());
}

/** @returns null where the body comes as it is */
function encodingOf(headers: Headers): Encoding | null {
  const given = (headers.get("Content-Encoding") ?? "").trim().toLowerCase();
  if (given === "" || given === "identity") return null;
  // RFC 9110, 8.4.1.3: the two are one.
  const name = given === "x-gzip" ? "gzip" : given;
  const encoding = ENCODINGS.find((one) => one === name);
  if (encoding) return encoding;
  throw new ProblemError(
    "unsupported_media_type",
    `Content-Encoding must be ${ENCODINGS.join(" or ")}, or absent`,
    { headers: { "Accept-Encoding": ENCODINGS.join(", ") } },
  );
}

function said<T>(unpack: () => T): T {
  try {
    return unpack();
  } catch (error) {
    if (error instanceof RangeError) throw new ProblemError("body_unreadable", error.message);
    throw error;
  }
}
