/**
 * What the headers of an upload tell of its body.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";

/**
 * The length of a file: the bucket takes a stream only with its length.
 * @param bytes_max the limit
 * @returns 1 to bytes_max
 * @throws ProblemError `length_required` without a Content-Length, `body_too_large` over the limit,
 *   `model_invalid` for none, `unsupported_media_type` for a body that is packed
 */
export function toldLength(headers: Headers, bytes_max: number): number {
  const coding = headers.get("Content-Encoding");
  if (coding !== null && coding.trim().toLowerCase() !== "identity") {
    throw new ProblemError(
      "unsupported_media_type",
      "The file must come as it is, without a Content-Encoding",
    );
  }
  const told = headers.get("Content-Length");
  if (told === null || !/^\d{1,15}$/.test(told)) {
    throw new ProblemError(
      "length_required",
      "Send a Content-Length: curl -T sends one for a file, and none for its standard input",
    );
  }
  const bytes = Number(told);
  if (bytes > bytes_max) {
    throw new ProblemError("body_too_large", `The body must be at most ${bytes_max} bytes`);
  }
  if (bytes === 0) throw new ProblemError("model_invalid", "The file is empty");
  return bytes;
}

/**
 * The SHA-256 of `Content-Digest` (RFC 9530), which may name other digests beside it.
 * @returns hexadecimal; null where the header names none
 * @throws ProblemError `invalid_request` if it is not one
 */
export function toldDigest(headers: Headers): string | null {
  const members = (headers.get("Content-Digest") ?? "").split(",").map((member) => member.trim());
  const member = members.find((one) => /^sha-256\s*=/i.test(one));
  if (member === undefined) return null;
  const match = /^sha-256=:([A-Za-z0-9+/]{43}=):$/i.exec(member);
  if (!match) {
    throw new ProblemError(
      "invalid_request",
      "Content-Digest must be sha-256=:<base64 of 32 bytes>:",
    );
  }
  return Uint8Array.fromBase64(match[1]).toHex();
}
