/**
 * Reads a JSON body once, and no more of it than is allowed.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Middleware } from "../context.ts";
import type { BodyRoom } from "../body-room.ts";
import { cappedChunks, joined } from "./capped-body.ts";

/**
 * Lets a JSON Content-Type pass, and none at all.
 * @throws ProblemError `unsupported_media_type` for any other
 */
export function requireJson(headers: Headers): void {
  const type = headers.get("Content-Type");
  if (type && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new ProblemError("unsupported_media_type", `Content-Type must be application/json`);
  }
}

/**
 * Reads the text of a JSON body. A Content-Length over the limit spares reading any of it.
 * @param bytes_max the limit
 * @returns the body, decoded from UTF-8
 * @throws ProblemError `unsupported_media_type`, what cappedChunks() throws, or `malformed_json` for an
 *   empty body or bytes that are not UTF-8
 */
export async function readJsonText(
  request: Request,
  bytes_max: number,
  room: BodyRoom,
): Promise<string> {
  requireJson(request.headers);
  const chunks: Uint8Array[] = [];
  for await (const chunk of cappedChunks(request, bytes_max, room)) chunks.push(chunk.slice());
  const whole = joined(chunks);
  if (whole.length === 0) throw new ProblemError("malformed_json", "The body is empty");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(whole);
  } catch {
    throw new ProblemError("malformed_json", "The body is not UTF-8");
  }
}

/** Far more than a policy with an area or a tenant's name takes; 100 MB would fill the isolate. */
export const SMALL_BYTES_MAX = 2 ** 20;

/** Reads the body of a route whose schema the router checks, before the router would read all of it. */
export const limitedJson: Middleware = async (c, next) => {
  if (c.req.raw.body) {
    const text = await readJsonText(c.req.raw, SMALL_BYTES_MAX, c.var.services.room);
    // Hono's types say string, but its code keeps the promise of a text here.
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  }
  await next();
};
