/**
 * Reads a JSON body once, and no more of it than is allowed.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Middleware } from "../context.ts";
import type { BodyRoom } from "../body-room.ts";
import { joined } from "./capped-body.ts";
import { smallBody } from "./small-body.ts";
import { unpackedChunks } from "./unpacked-body.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
// The router's validator looks at no body of another type.
const VALIDATED_TYPE = /^application\/json(?:;|$)/i;
// What `curl -d` says of any body, unless it is told otherwise.
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
// What aiohttp and Triton's clients say of a body of bytes, be they JSON or JSON with tensors behind it.
const BYTES_TYPE = /^application\/octet-stream\s*(?:;|$)/i;

/**
 * Lets a JSON Content-Type pass, none at all, and that of a form: whether the body is JSON is seen when it is
 * read.
 * @throws ProblemError `unsupported_media_type` for any other
 */
export function requireJson(headers: Headers): void {
  requireType(headers, "application/json", [JSON_TYPE, FORM_TYPE]);
}

/**
 * Lets pass what requireJson() does, and bytes.
 * @throws ProblemError `unsupported_media_type` for any other
 */
export function requireTensors(headers: Headers): void {
  const taken = "application/json or application/octet-stream";
  requireType(headers, taken, [JSON_TYPE, FORM_TYPE, BYTES_TYPE]);
}

function requireType(headers: Headers, taken: string, types: RegExp[]): void {
  const type = headers.get("Content-Type");
  if (type && !types.some((one) => one.test(type))) {
    throw new ProblemError("unsupported_media_type", `Content-Type must be ${taken}`);
  }
}

/**
 * Reads the text of a JSON body. A Content-Length over the limit spares reading any of it.
 * @param bytes_max the limit
 * @param empty what a body of no bytes stands for, where it may have none
 * @returns the body, decoded from UTF-8
 * @throws ProblemError `unsupported_media_type`, what unpackedChunks() throws, or `malformed_json` for an
 *   empty body or bytes that are not UTF-8
 */
export async function readJsonText(
  request: Request,
  bytes_max: number,
  room: BodyRoom,
  empty?: string,
): Promise<string> {
  requireJson(request.headers);
  const whole = await smallBody(request, bytes_max) ?? await largeBody(request, bytes_max, room);
  if (whole.length === 0 && empty !== undefined) return empty;
  if (whole.length === 0) throw new ProblemError("malformed_json", "The body is empty");
  try {
    return utf8.decode(whole);
  } catch {
    throw new ProblemError("malformed_json", "The body is not UTF-8");
  }
}

async function largeBody(request: Request, bytes_max: number, room: BodyRoom) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpackedChunks(request, bytes_max, room)) chunks.push(chunk.slice());
  return joined(chunks);
}

/** Far more than a policy with an area or a tenant's name takes; 100 MB would fill the isolate. */
export const SMALL_BYTES_MAX = 2 ** 20;

/** Reads the body of a route whose schema the router checks, before the router would read all of it. */
export const limitedJson: Middleware = async (c, next) => {
  if (c.req.raw.body) {
    const { method, url, headers: given } = c.req.raw;
    const text = await readJsonText(c.req.raw, SMALL_BYTES_MAX, c.get("services").room);
    if (!VALIDATED_TYPE.test(given.get("Content-Type") ?? "")) {
      const headers = new Headers(given);
      headers.set("Content-Type", "application/json");
      c.req.raw = new Request(url, { method, headers });
    }
    // Hono's types say string, but its code keeps the promise of a text here.
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  }
  await next();
};
