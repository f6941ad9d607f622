/**
 * The SHA-256 of a text, in lowercase hexadecimal.
 * @module
 */
import { sha256Digits } from "../mesh/sha256.ts";

const utf8 = new TextEncoder();

/**
 * Hashes a text as UTF-8.
 * @param text of any length
 * @returns 64 lower-case digits
 */
export const sha256Hex = (text: string): string => sha256Digits(utf8.encode(text));
