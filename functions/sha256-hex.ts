/**
 * The SHA-256 of a text, in lowercase hexadecimal.
 * @module
 */
import { sha256, toHex } from "../mesh/sha256.ts";

/**
 * Hashes a text as UTF-8.
 * @param text of any length
 * @returns 64 lower-case digits
 */
export const sha256Hex = (text: string): string => toHex(sha256(new TextEncoder().encode(text)));
