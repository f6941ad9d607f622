/**
 * The SHA-256 of a text, in lowercase hexadecimal.
 * @module
 */
import { sha256, toHex } from "../mesh/sha256.ts";

export const sha256Hex = (text: string): string => toHex(sha256(new TextEncoder().encode(text)));
