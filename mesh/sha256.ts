/**
 * SHA-256, synchronous: WebCrypto's is not, and a constellation must know its name at once.
 * For content digests; not for secrets.
 * @module
 */
import { sha256 as digestOf } from "@noble/hashes/sha2.js";

/**
 * The SHA-256 digest (FIPS 180-4) of some bytes, as catalogues store it.
 * @param bytes the message, of any length
 * @returns the digest as 8 words of 32 bits, its first byte on top of the first word
 */
export function sha256(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset } = digestOf(bytes);
  const view = new DataView(buffer, byteOffset);
  return Uint32Array.from({ length: 8 }, (_, word) => view.getUint32(4 * word));
}

/**
 * The same digest as text.
 * @param bytes the message, of any length
 * @returns 64 lower-case hexadecimal digits
 */
export const sha256Digits = (bytes: Uint8Array): string => digestOf(bytes).toHex();

/**
 * Writes words of 32 bits as hexadecimal text.
 * @param words such as sha256() gives
 * @returns 8 lower-case digits a word, without a prefix
 */
export const toHex = (words: Uint32Array): string =>
  Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
