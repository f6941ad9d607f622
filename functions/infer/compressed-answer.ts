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
  // Not c.header(): on a response that is there, each call of it copies the whole response.
  const { headers, ok } = c.res;
  headers.append("Vary", "Accept-Encoding");
  const services = c.get("services");
  const accepted = services.headers.get("Accept-Encoding");
  if (!ok || accepted === null) return;
  const asked = gzipAsked(accepted);
  // Gzip of 6 MB of numbers takes three times the work of all else that is done for the request. Who names
  // gzip alone asks for it; a list of encodings is what clients' libraries send unasked.
  const isLarge = services.room.isLent;
  if (asked === "alone" || (asked === "listed" && !isLarge)) {
    headers.set("Content-Encoding", "gzip");
  }
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
