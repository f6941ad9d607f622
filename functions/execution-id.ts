/**
 * Ids of executions: UUIDs of version 7 (RFC 9562), whose order follows time, so that the ledger's
 * index grows at its end.
 * @module
 */

export function executionId(now_ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(now_ms / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, now_ms % 2 ** 32);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
