/**
 * What a client that asks again says it has (RFC 9110, 13.1.2).
 * @module
 */

/**
 * Whether the client has the response already. A proxy that compresses makes an ETag weak.
 * @param header its If-None-Match; undefined: it sent none
 * @param etag the response's, in its quotation marks
 * @returns true: a 304 answers it
 */
export const isHeld = (header: string | undefined, etag: string): boolean =>
  header?.split(",").map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === etag || one === "*") ?? false;
