/**
 * What a request asks for, as one hash: method, path with its query, and the bytes of its body. Read
 * once, hashed within the reading, and handed to the handler as if it had not been read.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Ctx } from "../context.ts";

// As much as the largest body that any route takes; every route's own limit holds after this one.
const BODY_BYTES_MAX = 32 * 2 ** 20;

export async function fingerprintBody(c: Ctx): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  await writer.write(new TextEncoder().encode(`${c.req.method} ${pathname}${search}\n`));
  if (c.req.raw.body) {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of c.req.raw.body) {
      bytes += chunk.byteLength;
      if (bytes > BODY_BYTES_MAX) {
        // Nobody waits for the hash any more; unheard, its failure would be logged as a bug.
        digest.digest.catch(() => {});
        await writer.abort();
        throw new ProblemError(
          "body_too_large",
          `The body must be at most ${BODY_BYTES_MAX} bytes`,
        );
      }
      chunks.push(chunk);
      await writer.write(chunk);
    }
    c.req.raw = new Request(c.req.raw, { body: streamOf(chunks) });
  }
  await writer.close();
  return new Uint8Array(await digest.digest).toHex();
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
