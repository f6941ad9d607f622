/**
 * Reads bodies up to a limit that is decided while reading, whatever Content-Length says: a body that
 * is too large must not fill the isolate's memory.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";

/** The body's chunks; throws at the first that passes the limit, and lets go of the rest. */
export async function* cappedChunks(
  body: ReadableStream<Uint8Array> | null,
  bytes_max: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > bytes_max) throw tooLarge(bytes_max);
      yield chunk;
    }
  } catch (error) {
    // Reading fails where the caller hangs up, or where what it sends is not HTTP: no bug of ours.
    throw error instanceof ProblemError ? error : unreadable();
  }
}

const unreadable = (): ProblemError =>
  new ProblemError("body_unreadable", "The body ended before it was whole, or is not HTTP");

export const tooLarge = (bytes_max: number): ProblemError =>
  new ProblemError("body_too_large", `The body must be at most ${bytes_max} bytes`);

/** All chunks in one piece. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
