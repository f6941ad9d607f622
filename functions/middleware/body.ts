/**
 * Reads a JSON body once, and no more of it than is allowed.
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import type { AppEnv, Ctx } from "../context.ts";

/** The text of a JSON body; the limit is decided while reading, whatever Content-Length says. */
export async function readJsonText(c: Ctx, bytesMax: number): Promise<string> {
  const type = c.req.header("Content-Type");
  if (type && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new ProblemError("unsupported_media_type", `Content-Type must be application/json`);
  }
  const tooLarge = () =>
    new ProblemError("body_too_large", `The body must be at most ${bytesMax} bytes`);
  if (Number(c.req.header("Content-Length") ?? 0) > bytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0) throw new ProblemError("malformed_json", "The body is empty");
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(whole);
  } catch {
    throw new ProblemError("malformed_json", "The body is not UTF-8");
  }
}

/** Parses it, with the parser's own words about what is wrong. */
export function parseJson(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new ProblemError("malformed_json", `The body is not JSON: ${(error as Error).message}`);
  }
}

// Far more than a policy with an area or a tenant's name takes; 100 MB would fill the isolate.
const SMALL_BYTES_MAX = 2 ** 20;

/** Reads the body of a route whose schema the router checks, before the router would read all of it. */
export const limitedJson: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.raw.body) {
    const text = await readJsonText(c, SMALL_BYTES_MAX);
    // Hono keeps promises here, whatever its types say.
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  }
  await next();
};
