/**
 * Ids of executions: UUIDs of version 7 (RFC 9562), whose order follows time, so that the ledger's
 * index grows at its end.
 * @module
 */
import type { Services } from "../services.ts";

/**
 * Makes a new id.
 * @param now_ms real clock, ms since 1970
 * @returns a UUID of version 7 in lower case
 */
export function executionId(now_ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(now_ms / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, now_ms % 2 ** 32);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * The id of a request's next execution. A request with an Idempotency-Key that runs again gets the
 * same ids in the same order, so that each execution is billed once.
 * @returns a UUID of version 7 in lower case
 */
export function nextExecutionId(services: Services): string {
  const id = services.execution_id;
  if (id === undefined) return executionId(Date.now());
  services.execution_id = successor(id);
  return id;
}

/** The last 32 bits of an id, which are random, counted on by one. */
function successor(id: string): string {
  const last = (parseInt(id.slice(-8), 16) + 1) >>> 0;
  return id.slice(0, -8) + last.toString(16).padStart(8, "0");
}
