/**
 * Elements of tensors from JSON's values: exact, or what is wrong with them.
 * @module
 */
import type { Datatype, TensorData } from "../tensor.ts";

type Write = (value: unknown, slot: number) => string | null;

/** The array that elements of one datatype go to, and what checks each. */
export interface Codec {
  readonly data: TensorData;
  /** Integers beyond 2^53 are exact, as bigints. */
  readonly isWide: boolean;
  /** @returns what is wrong with the element; null: it is written */
  write: Write;
}

type Make = (length: number) => Codec;

const integer = (
  Type: new (length: number) => Exclude<TensorData, BigInt64Array | BigUint64Array | Uint8Array[]>,
  min: number,
  max: number,
): Make =>
(length) => {
  const data = new Type(length);
  return {
    data,
    isWide: false,
    write(value, slot) {
      if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
        return `must be an integer from ${min} to ${max}`;
      }
      data[slot] = value;
      return null;
    },
  };
};

const big = (
  Type: new (length: number) => BigInt64Array | BigUint64Array,
  min: bigint,
  max: bigint,
): Make =>
(length) => {
  const data = new Type(length);
  return {
    data,
    isWide: true,
    write(value, slot) {
      const whole = typeof value === "bigint" ||
        (typeof value === "number" && Number.isSafeInteger(value));
      const n = whole ? BigInt(value as bigint | number) : null;
      if (n === null || n < min || n > max) return `must be an integer from ${min} to ${max}`;
      data[slot] = n;
      return null;
    },
  };
};

const float = (Type: typeof Float32Array | typeof Float64Array, name: string): Make => (length) => {
  const data = new Type(length);
  return {
    data,
    isWide: false,
    write(value, slot) {
      if (typeof value !== "number") return "must be a number";
      data[slot] = value;
      return Number.isFinite(data[slot]) ? null : `must be finite as ${name}`;
    },
  };
};

const bool: Make = (length) => {
  const data = new Uint8Array(length);
  return {
    data,
    isWide: false,
    write(value, slot) {
      if (typeof value !== "boolean" && value !== 0 && value !== 1) {
        return "must be true or false";
      }
      data[slot] = Number(value);
      return null;
    },
  };
};

/** FP16 and BYTES travel in JSON only in ways that clients disagree on: not taken there. */
const MAKERS: Partial<Record<Datatype, Make>> = {
  BOOL: bool,
  UINT8: integer(Uint8Array, 0, 255),
  UINT16: integer(Uint16Array, 0, 65_535),
  UINT32: integer(Uint32Array, 0, 2 ** 32 - 1),
  UINT64: big(BigUint64Array, 0n, 2n ** 64n - 1n),
  INT8: integer(Int8Array, -128, 127),
  INT16: integer(Int16Array, -32_768, 32_767),
  INT32: integer(Int32Array, -(2 ** 31), 2 ** 31 - 1),
  INT64: big(BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n),
  FP32: float(Float32Array, "FP32"),
  FP64: float(Float64Array, "FP64"),
};

/** @returns null where tensors of this datatype cannot be sent as JSON */
export function codecOf(datatype: Datatype, length: number): Codec | null {
  return MAKERS[datatype]?.(length) ?? null;
}
