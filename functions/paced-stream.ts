/**
 * The body of a large response, written a piece at a time as its reader takes them. It holds the
 * request's room until it has been read or given up, so a reader that does not read fills no memory
 * beyond its own tenant's room.
 * @module
 */
import { withDeadline } from "../contract/deadline.ts";
import type { BodyRoom } from "./body-room.ts";
import type { Services } from "./services.ts";

/** How long a piece may be, bytes. */
export const PIECE_BYTES = 2 ** 18;
// A reader that has not taken 256 kB in this time has gone, or means to keep the body in memory.
const READ_MS_MAX = 10_000;

/**
 * Makes the stream.
 * @param pieces of at most PIECE_BYTES; each is asked for once the one before it has been read, and may
 *   lie in the same buffer
 * @param services take what writes the stream behind the response, and the room that it holds until then
 */
export function pacedStream(
  pieces: Iterable<Uint8Array>,
  { after, room }: Pick<Services, "after" | "room">,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const giveBack = room.lend();
  // If the reader has gone, writing fails, and the rest is not written.
  const writer = writable.getWriter();
  const written = write(pieces, writer, room).catch((reason) =>
    writer.abort(reason).catch(() => {})
  );
  after(written.finally(giveBack));
  return readable;
}

async function write(
  pieces: Iterable<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  room: BodyRoom,
): Promise<void> {
  for (const piece of pieces) {
    // A reader that takes each piece at the last moment would hold its tensors beside those of others.
    if (room.isLost) throw new Error("The body was read too slowly: others have its room");
    // write() resolves once the reader has taken the bytes.
    await withDeadline(READ_MS_MAX, writer.write(piece));
  }
  await writer.close();
}

/**
 * The pieces of a body.
 * @param body whole, in memory already
 */
export function* piecesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    yield body.subarray(at, at + PIECE_BYTES);
  }
}
