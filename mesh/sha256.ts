/**
 * SHA-256, synchronous: WebCrypto's is not, and a constellation must know its name at once.
 * For content digests; not for secrets.
 * @module
 */
import { sha256 as digestOf } from "@noble/hashes/sha2.js";

/** The digest as 8 words, as catalogues store it. */
export function sha256(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset } = digestOf(bytes);
  const view = new DataView(buffer, byteOffset);
  return Uint32Array.from({ length: 8 }, (_, word) => view.getUint32(4 * word));
}

export const toHex = (words: Uint32Array): string =>
  Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
