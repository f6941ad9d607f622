/**
 * What a key looks like: `pgk_` for a tenant's, `pga_` for an admin's, `pgb_` for a board's, then 32 random characters (190
 * bits) and a checksum of 6, so that a leak scanner can tell a real key from a lookalike without asking
 * anybody.
 * Not its job: storing keys, or deciding whose they are.
 * @module
 */

/** How a tenant's key begins. */
export const KEY_PREFIX = "pgk_";
/** How an admin's key begins: it opens the admin routes and no others. */
export const ADMIN_KEY_PREFIX = "pga_";
/** How a board's key begins: it attaches a board to one node and opens nothing else. */
export const BOARD_KEY_PREFIX = "pgb_";
/** Which kind of key: the checksum covers it, so that the one cannot be turned into the other. */
export type KeyPrefix = typeof KEY_PREFIX | typeof ADMIN_KEY_PREFIX | typeof BOARD_KEY_PREFIX;
const RANDOM_CHARS = 32;
const CHECK_CHARS = 6;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const FORM = new RegExp(
  `^(${KEY_PREFIX}|${ADMIN_KEY_PREFIX}|${BOARD_KEY_PREFIX})([0-9A-Za-z]{${RANDOM_CHARS}})([0-9A-Za-z]{${CHECK_CHARS}})$`,
);

/**
 * Makes a new key.
 * @param random a source of uniform bytes, such as crypto.getRandomValues
 * @returns the key itself, which nobody but its owner may keep: the ledger stores its hash
 */
export function makeKey(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
  prefix: KeyPrefix = KEY_PREFIX,
): string {
  let body = "";
  while (body.length < RANDOM_CHARS) {
    for (const byte of random(new Uint8Array(64))) {
      // 248 is the last multiple of 62: beyond it some characters would be likelier than others.
      if (byte < 248 && body.length < RANDOM_CHARS) body += ALPHABET[byte % 62];
    }
  }
  return prefix + body + checksum(checked(prefix, body));
}

/**
 * Whether a text has the form and the checksum of a key, of any kind.
 * @param text what a caller shows
 * @returns true, too, for a key that was never made or is revoked
 */
export function isKey(text: string): boolean {
  const match = FORM.exec(text);
  return match !== null && checksum(checked(match[1], match[2])) === match[3];
}

/**
 * Whether a text has the form of a key, of any kind, and not its checksum.
 * @param text what somebody typed
 * @returns true where it cannot be a key that was ever made
 */
export const isMistyped = (text: string): boolean => FORM.test(text) && !isKey(text);

/** A key with the prefix of another kind is no key at all. */
const checked = (prefix: string, body: string): string =>
  prefix === KEY_PREFIX ? body : prefix + body;

/** CRC-32 (IEEE 802.3) in base 62. */
function checksum(text: string): string {
  let crc = ~0;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = ~crc >>> 0;
  let digits = "";
  for (let i = 0; i < CHECK_CHARS; i++) {
    digits = ALPHABET[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
