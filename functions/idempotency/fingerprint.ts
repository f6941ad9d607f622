/**
 * Hashes what a request asks for, twice: its method, its path with the query, and its body, which is
 * read once and hashed while it is read, as it is unpacked: a client that packs it again may write another
 * time into its gzip header; and the headers that decide the answer. The hashes are two,
 * as release 7ab9cf5 stores only the first, and compares it again after a rollback.
 * @module
 */
import type { BodyRoom } from "../body-room.ts";
import { unpackedChunks } from "../middleware/unpacked-body.ts";
import { sha256Hex } from "../sha256-hex.ts";

// If one of these headers differs, the request is another one, even with the same body. All others say
// who asks, by which way, or how the answer is compressed.
const DECIDING = [
  "Accept",
  "Content-Encoding",
  "Content-Type",
  "Inference-Header-Content-Length",
  "Perigee-Emulate",
  "Perigee-Origin",
];

/**
 * Hashes the headers that decide what the answer is.
 * @returns SHA-256, hexadecimal
 */
export function headersHash({ headers }: Request): string {
  return sha256Hex(DECIDING.map((name) => `${name}: ${headers.get(name) ?? ""}`).join("\n"));
}

/**
 * Reads a request's body and hashes the request.
 * @param bytes_max the most that the route takes: a larger body would be held here to be refused there
 * @returns `fingerprint` is SHA-256, hexadecimal; `request` is as if its body had not been read
 * @throws ProblemError `body_too_large` for a larger body
 */
export async function fingerprinted(
  request: Request,
  bytes_max: number,
  room: BodyRoom,
): Promise<{ fingerprint: string; request: Request }> {
  const { pathname, search } = new URL(request.url);
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  await writer.write(new TextEncoder().encode(`${request.method} ${pathname}${search}\n`));
  const chunks: Uint8Array[] = [];
  try {
    // The body is kept as it came, and unpacked again by who reads it.
    const packed = (chunk: Uint8Array) => void chunks.push(chunk.slice());
    for await (
      const chunk of unpackedChunks(request, bytes_max, room, { takes: "keyed", packed })
    ) {
      await writer.write(chunk);
    }
  } catch (error) {
    // Aborting the writer rejects this promise as well, and the runtime logs a rejection that nobody
    // handles as a bug.
    digest.digest.catch(() => {});
    await writer.abort();
    throw error;
  }
  await writer.close();
  return {
    fingerprint: new Uint8Array(await digest.digest).toHex(),
    request: request.body ? new Request(request, { body: streamOf(chunks) }) : request,
  };
}

/** Lets go of each chunk as it is read: a large body is not held twice. */
const streamOf = (chunks: Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
