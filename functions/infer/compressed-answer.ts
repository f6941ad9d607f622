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
  if (!c.res.ok) return;
  const asked = gzipAsked(c.req.header("Accept-Encoding") ?? "");
  // Gzip of 6 MB of numbers takes three times the work of all else that is done for the request. Who names
  // gzip alone asks for it; a list of encodings is what clients' libraries send unasked.
  const isLarge = c.var.services.room.isLent;
  if (asked === "alone" || (asked === "listed" && !isLarge)) c.header("Content-Encoding", "gzip");
};

/**
 * Reads `Accept-Encoding` (RFC 9110, 12.5.3).
 * @returns whether gzip is taken: as the only encoding, as one of several, or not at all
 */
export function gzipAsked(accepted: string): "alone" | "listed" | "no" {
  const weights = new Map(
    accepted.toLowerCase().split(",").map((one) => {
      const [name, ...parameters] = one.split(";").map((part) => part.trim());
      const q = parameters.find((parameter) => parameter.startsWith("q="));
      return [name === "x-gzip" ? "gzip" : name, q === undefined ? 1 : Number(q.slice(2))] as const;
    }),
  );
  if (!((weights.get("gzip") ?? weights.get("*") ?? 0) > 0)) return "no";
  const others = [...weights].filter(([name, q]) => !["gzip", "identity"].includes(name) && q > 0);
  return others.length === 0 ? "alone" : "listed";
}
