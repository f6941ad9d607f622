/**
 * Reads bodies up to a limit and within a time that are decided while reading, whatever Content-Length
 * says: a body that is too large must not fill the isolate's memory, one that never ends not hold it.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { type BodyRoom, LARGE_BYTES, type TAKES_MB } from "../body-room.ts";

// A body may pause for this long in all; beyond it, it must have come at a rate that any link has.
const GRACE_MS = 10_000;
const BYTES_A_MS_MIN = 128;

/**
 * The chunks of a body, in their order. Each is good until the next is asked for: who keeps one copies it.
 * @param bytes_max the limit for all chunks together
 * @param room is entered once the body turns out to be large
 * @param takes how much room it then takes
 * @throws ProblemError `body_too_large` at the first chunk that passes the limit, `request_timeout` if the
 *   body stops coming, `body_unreadable` if it is cut off, `overloaded` if there is no room for it
 */
export async function* cappedChunks(
  { headers, body }: Pick<Request, "headers" | "body">,
  bytes_max: number,
  room: BodyRoom,
  takes: keyof typeof TAKES_MB = "read",
): AsyncGenerator<Uint8Array> {
  const told = Number(headers.get("Content-Length") ?? 0);
  if (told > bytes_max) throw tooLarge(bytes_max);
  if (!body) return;
  const reader = readerOf(body);
  let bytes = 0;
  try {
    if (told > LARGE_BYTES) await room.enter(takes);
    const began = Date.now();
    for (;;) {
      const left = GRACE_MS + bytes / BYTES_A_MS_MIN - (Date.now() - began);
      const chunk = await next(reader, left);
      if (!chunk) return;
      bytes += chunk.byteLength;
      if (bytes > bytes_max) throw tooLarge(bytes_max);
      if (bytes > LARGE_BYTES) await room.enter(takes);
      yield chunk;
    }
  } finally {
    await letGo(reader);
  }
}

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

const CHUNK_BYTES = 2 ** 16;

/** Reads through one buffer where the stream lets it: a body of 20 MB would else be 20 MB of garbage. */
function readerOf(body: ReadableStream<Uint8Array>): Reader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    // A stream of ours, which hands out what it holds.
    return body.getReader();
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      // Reading takes the buffer away, and gives it back with the bytes in it.
      if (value) buffer = value.buffer;
      return { done, value };
    },
    cancel: () => reader.cancel(),
  };
}

// A client that is cut off while it sends does not read why. What it still sends is read for so long, and
// thrown away, which costs next to nothing.
const LINGER_BYTES = 2 ** 25;
const LINGER_MS = 5_000;

/** Ends the reading of a body, wherever it stands; never throws. */
async function letGo(reader: Reader): Promise<void> {
  const until = Date.now() + LINGER_MS;
  try {
    for (let bytes = 0; bytes < LINGER_BYTES;) {
      const chunk = await next(reader, until - Date.now());
      if (!chunk) return;
      bytes += chunk.byteLength;
    }
  } catch {
    // Late or cut off: nobody waits for it.
  }
  reader.cancel().catch(() => {});
}

/** @returns null at the body's end */
async function next(
  reader: Reader,
  ms: number,
): Promise<Uint8Array | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new ProblemError("request_timeout", "The body stopped coming, or comes too slowly")),
      Math.max(0, ms),
    );
  });
  try {
    const { done, value } = await Promise.race([cutOff(reader.read()), late]);
    return done ? null : value ?? null;
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that ends in the middle of a body is the caller's matter, not a fault of the mesh. */
const cutOff = <T>(read: Promise<T>): Promise<T> =>
  read.catch(() => {
    throw new ProblemError(
      "body_unreadable",
      "The body ended before it was whole, or is not HTTP",
    );
  });

const tooLarge = (bytes_max: number): ProblemError =>
  new ProblemError("body_too_large", `The body must be at most ${bytes_max} bytes`);

/**
 * All chunks in one piece.
 * @param chunks in their order
 * @returns a copy
 */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
