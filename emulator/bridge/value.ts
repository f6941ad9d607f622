/**
 * Values between the wire and SQLite. Integers travel as decimal strings and live as bigint:
 * JSON numbers would lose digits beyond 2^53.
 * @module
 */

import { type HranaValue, StatementError, type WireValue } from "./hrana.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Undefined when it is none: the caller alone knows where it stands, and says so only then. */
export function decodeValue(wire: unknown): HranaValue | undefined {
  if (typeof wire !== "object" || wire === null) return undefined;
  const { type, value, base64 } = wire as Record<string, unknown>;
  if (type === "text" && typeof value === "string") return value;
  if (type === "float" && typeof value === "number") return value;
  if (type === "integer" && typeof value === "string") return decodeInteger(value);
  if (type === "blob" && typeof base64 === "string") return decodeBlob(base64);
  return type === "null" ? null : undefined;
}

function decodeInteger(digits: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(digits)) return undefined;
  const integer = BigInt(digits);
  return integer >= INT64_MIN && integer <= INT64_MAX ? integer : undefined;
}

function decodeBlob(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return undefined;
  }
}

export function encodeValue(value: HranaValue): WireValue {
  if (value === null) return { type: "null" };
  if (typeof value === "bigint") return { type: "integer", value: value.toString() };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "number") {
    // JSON has no infinity: it would become null, and the client would drop the whole response.
    if (!Number.isFinite(value)) {
      throw new StatementError("A result is infinite, which JSON cannot say", "RESULT_NOT_FINITE");
    }
    return { type: "float", value };
  }
  return { type: "blob", base64: value.toBase64() };
}
