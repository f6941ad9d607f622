/**
 * Compresses an answer with gzip where the caller asks for it.
 *
 * The runtime compresses what has the header, as it sends it; so this only sets it, outside of everything
 * that looks into the answer: what an Idempotency-Key keeps is not compressed, and is given to a caller who
 * takes no gzip as well. Only what succeeded: Triton's client reads errors as they come.
 * @module
 */
import type { Middleware } from "../context.ts";

/** Sets `Content-Encoding` and `Vary` on the answers of the routes that it is used for. */
export const compressAnswer: Middleware = async (c, next) => {
  await next();
  c.header("Vary", "Accept-Encoding", { append: true });
  if (c.res.ok && takesGzip(c.req.header("Accept-Encoding") ?? "")) {
    c.header("Content-Encoding", "gzip");
  }
};

/**
 * Reads `Accept-Encoding` (RFC 9110, 12.5.3).
 * @returns whether it names gzip, or any encoding, and does not weigh it with 0
 */
export function takesGzip(accepted: string): boolean {
  const weights = new Map(
    accepted.toLowerCase().split(",").map((one) => {
      const [name, ...parameters] = one.split(";").map((part) => part.trim());
      const q = parameters.find((parameter) => parameter.startsWith("q="));
      return [name, q === undefined ? 1 : Number(q.slice(2))] as const;
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}
