/**
 * Reads a body chunk by chunk as it comes over the wire, and stops at a limit of bytes or of time. Both are
 * counted while it reads, whatever Content-Length says: a body that is too large would fill the isolate's
 * memory, and one that never ends would hold it.
 *
 * Why not Hono's body-limit: it trusts Content-Length, or reads the whole body before the route sees
 * any of it. So it bounds neither the time, nor the room that large bodies take together, nor how
 * deeply JSON nests, all of which are decided here and in contract/oip while the body arrives. What it
 * throws by default, functions/middleware/problem.ts would log as a bug.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { type BodyRoom, LARGE_BYTES, type TAKES_MB } from "../body-room.ts";

/** A body may take this long, and beyond it the time of its bytes at a rate that any link has. */
export const GRACE_MS = 10_000;
const BYTES_A_MS_MIN = 128;

/** How the chunks of a body are read. */
export interface ChunkOptions {
  /** How much room a large body takes. */
  takes?: keyof typeof TAKES_MB;
  /** After how many bytes more others are served, as their reader has it. */
  breathBytes?: () => number;
}

/**
 * The chunks of a body, in their order. A chunk is valid only until the next is asked for, as both lie
 * in one buffer: copy what you keep.
 * @param bytes_max the limit for all chunks together
 * @param room is entered once the body turns out to be large
 * @throws ProblemError `body_too_large` at the first chunk that passes the limit, `request_timeout` if the
 *   body stops coming, `body_unreadable` if it is cut off, `overloaded` if there is no room for it
 */
export async function* cappedChunks(
  { headers, body }: Pick<Request, "headers" | "body">,
  bytes_max: number,
  room: Pick<BodyRoom, "enter" | "leave">,
  { takes = "read", breathBytes = () => BREATH_BYTES }: ChunkOptions = {},
): AsyncGenerator<Uint8Array> {
  const told = Number(headers.get("Content-Length") ?? 0);
  if (told > bytes_max) throw tooLarge(bytes_max);
  if (!body) return;
  const reader = readerOf(body);
  let bytes = 0;
  let isWhole = false;
  try {
    if (told > LARGE_BYTES) await room.enter(takes);
    let began = Date.now();
    let breathed = 0;
    for (;;) {
      const left = GRACE_MS + bytes / BYTES_A_MS_MIN - (Date.now() - began);
      const chunk = await next(reader, left);
      if (!chunk) {
        isWhole = true;
        return;
      }
      bytes += chunk.byteLength;
      if (bytes > bytes_max) throw tooLarge(bytes_max);
      if (bytes > LARGE_BYTES) {
        // The time that it waits for room is not the sender's.
        const waited = Date.now();
        await room.enter(takes);
        began += Date.now() - waited;
      }
      // Nor is the time that the reader of the chunks takes.
      const given = Date.now();
      yield chunk;
      began += Date.now() - given;
      if (bytes - breathed < breathBytes()) continue;
      breathed = bytes;
      await breathe();
    }
  } finally {
    if (!isWhole) room.leave();
    await letGo(reader);
  }
}

/**
 * What has arrived already is read without a pause, and its reader's work with it: so many bytes of JSON may
 * make others wait.
 */
export const BREATH_BYTES = 2 ** 18;

/** Lets others be served. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

const CHUNK_BYTES = 2 ** 16;

/**
 * Makes a reader that fills the same buffer again and again, if the stream can do that: with a buffer for
 * each chunk, a body of 20 MB would leave 20 MB of garbage.
 */
function readerOf(body: ReadableStream<Uint8Array>): Reader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    // The stream was made in this isolate (fingerprint.ts): it hands out the chunks that it holds.
    return body.getReader();
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      // read() detaches the buffer, and returns its memory with the bytes in it.
      if (value) buffer = value.buffer;
      return { done, value };
    },
    cancel: () => reader.cancel(),
  };
}

// A client that is cut off while it still sends never reads the answer. So what it sends is read on, up
// to these limits, and thrown away, which costs next to nothing.
const LINGER_BYTES = 2 ** 25;
const LINGER_MS = 5_000;

/** Reads what is left of a body, within LINGER_BYTES and LINGER_MS, then cancels it. Never throws. */
async function letGo(reader: Reader): Promise<void> {
  const until = Date.now() + LINGER_MS;
  try {
    for (let bytes = 0; bytes < LINGER_BYTES;) {
      const chunk = await next(reader, until - Date.now());
      if (!chunk) return;
      bytes += chunk.byteLength;
    }
  } catch {
    // The rest came too late or was cut off. Nobody needs it.
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

/** Makes a problem of the caller's, not a 500, of a connection that ends in the middle of a body. */
const cutOff = <T>(read: Promise<T>): Promise<T> =>
  read.catch(() => {
    throw new ProblemError(
      "body_unreadable",
      "The body ended before it was whole, or is not HTTP",
    );
  });

/**
 * The problem of a body that is too large.
 * @param bytes_max its limit
 */
export const tooLarge = (bytes_max: number): ProblemError =>
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
