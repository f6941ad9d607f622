/**
 * Seals a response so that only a caller who shows the same Idempotency-Key again can read it: a
 * response may hold a key in the clear, which must not be found on the disk.
 *
 * AES-256-GCM (NIST SP 800-38D). HKDF-SHA-256 (RFC 5869) derives its key from what the caller
 * shows, salted with the scope and with random bytes of every seal, so that no two responses share
 * a key. The fingerprint, as additional data, binds the seal to its request.
 * @module
 */

/** A response as it is stored. */
export interface StoredResponse {
  /** The HTTP status. */
  status: number;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

/** What opens a seal. Of this only the fingerprint is stored. */
export interface SealKey {
  /** The Idempotency-Key; for an admin, followed by the credential that was shown. */
  secret: string;
  scope: string;
  fingerprint: string;
}

const SALT_BYTES = 16;
// What a head is: status, headers and this. Release 7ab9cf5 wrote none, which is 0, and ignores it.
const SEAL_VERSION = 1;
// The length of the head, big-endian, before head and body.
const LENGTH_BYTES = 4;

/**
 * Seals a response.
 * @returns base64 of salt, ciphertext and tag
 */
export async function seal(response: StoredResponse, key: SealKey): Promise<string> {
  const head = text.encode(JSON.stringify([response.status, response.headers, SEAL_VERSION]));
  const plain = new Uint8Array(LENGTH_BYTES + head.length + response.body.length);
  new DataView(plain.buffer).setUint32(0, head.length);
  plain.set(head, LENGTH_BYTES);
  plain.set(response.body, LENGTH_BYTES + head.length);
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const sealed = await crypto.subtle.encrypt(cipher(key), await derive(key, salt), plain);
  const whole = new Uint8Array(SALT_BYTES + sealed.byteLength);
  whole.set(salt);
  whole.set(new Uint8Array(sealed), SALT_BYTES);
  return whole.toBase64();
}

/** What opening a sealed response gives. */
export type Opened =
  | { ok: true; response: StoredResponse }
  /** Sealed with another secret, or by a release that knows more. */
  | { ok: false; refusal: "other_secret" | "newer" };

/**
 * Opens a sealed response.
 * @param base64 as seal() gave it
 */
export async function open(base64: string, key: SealKey): Promise<Opened> {
  const whole = Uint8Array.fromBase64(base64);
  const derived = await derive(key, whole.subarray(0, SALT_BYTES));
  let plain: Uint8Array<ArrayBuffer>;
  try {
    const opened = await crypto.subtle.decrypt(cipher(key), derived, whole.subarray(SALT_BYTES));
    plain = new Uint8Array(opened);
  } catch {
    return { ok: false, refusal: "other_secret" };
  }
  const body_at = LENGTH_BYTES + new DataView(plain.buffer).getUint32(0);
  const head = JSON.parse(text_of.decode(plain.subarray(LENGTH_BYTES, body_at)));
  const [status, headers, version = 0] = head;
  if (version > SEAL_VERSION) return { ok: false, refusal: "newer" };
  return { ok: true, response: { status, headers, body: plain.subarray(body_at) } };
}

const text = new TextEncoder();
const text_of = new TextDecoder();

// Each derived key seals one text, so all may use the same nonce.
const cipher = ({ fingerprint }: SealKey) => ({
  name: "AES-GCM",
  iv: new Uint8Array(12),
  additionalData: text.encode(fingerprint),
});

async function derive({ secret, scope }: SealKey, salt: Uint8Array): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey("raw", text.encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const info = text.encode("perigee stored answer");
  const scoped = new Uint8Array([...salt, ...text.encode(scope)]);
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: scoped, info },
    from,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
