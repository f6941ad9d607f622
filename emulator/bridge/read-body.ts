/**
 * Reads a request's body up to a limit, decided while reading: a length that is only claimed, or not
 * even that, cannot be trusted.
 * @module
 */

import type { Bytes } from "./ledger-thread.ts";

export class BodyTooLarge extends Error {
  override name = "BodyTooLarge";
}

export async function readBody(request: Request, bytes_max: number): Promise<Bytes> {
  // The server holds a client to the length it has claimed, and reads all of it several times as fast.
  const claimed = request.headers.get("content-length");
  if (claimed !== null && Number(claimed) <= bytes_max) return await request.bytes();
  const chunks: Bytes[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > bytes_max) throw new BodyTooLarge(`The body is over ${bytes_max} bytes`);
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0];
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
