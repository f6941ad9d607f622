/**
 * Elements of tensors from JSON's values: exact, or what is wrong with them.
 * @module
 */
import type { Datatype, TensorData } from "../tensor.ts";

/** The array that elements of one datatype go to, and what checks each. */
export interface Codec {
  readonly data: TensorData;
  /** Integers beyond 2^53 are exact, as bigints. */
  readonly isWide: boolean;
  /** How many bytes an element that is a string may have; where no string is one, few. */
  readonly stringBytesMax: number;
  /** Makes room for as many elements, of which it keeps those that are there. */
  grow(length: number): void;
  /** @returns what is wrong with the element; null: it is written */
  write(value: unknown, slot: number): string | null;
  /** Writes NaN or an infinity that was written as such: a number that overflows is none. */
  writeNonFinite(value: number, slot: number): string | null;
}

type Make = () => Codec;

// A string is no element of most, and is refused anyway: it need not be read to its end first.
const NO_STRING_BYTES = 1_024;

interface NumericArray {
  new (buffer: ArrayBuffer): NumberArray & { readonly buffer: ArrayBuffer };
  readonly BYTES_PER_ELEMENT: number;
}

type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * A codec of numbers.
 * @param fault what is wrong with a value, before it is in the array
 */
function numeric(
  Type: NumericArray,
  isFloat: boolean,
  elementOf: (value: unknown) => number | string,
): Make {
  return () => {
    let data = new Type(new ArrayBuffer(0));
    return {
      get data() {
        return data;
      },
      isWide: false,
      stringBytesMax: NO_STRING_BYTES,
      // transfer() frees the old memory at once; a copy would leave it to the next collection.
      grow(length) {
        data = new Type(data.buffer.transfer(length * Type.BYTES_PER_ELEMENT));
      },
      write(value, slot) {
        const element = elementOf(value);
        if (typeof element === "string") return element;
        data[slot] = element;
        if (!isFloat || Number.isFinite(data[slot]) || value === null) return null;
        return `must be finite as FP${Type.BYTES_PER_ELEMENT * 8}, or written as Infinity`;
      },
      writeNonFinite(value, slot) {
        if (!isFloat) return elementOf(value) as string;
        data[slot] = value;
        return null;
      },
    };
  };
}

const integer = (Type: NumericArray, min: number, max: number): Make =>
  numeric(
    Type,
    false,
    (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
        ? value
        : `must be an integer from ${min} to ${max}`,
  );

/** null is what JSON has for NaN: a reading that is missing. */
const float = (Type: NumericArray): Make =>
  numeric(
    Type,
    true,
    (value) =>
      typeof value === "number"
        ? value
        : value === null
        ? NaN
        : "must be a number, or null for NaN",
  );

const bool: Make = numeric(
  Uint8Array,
  false,
  (value) =>
    typeof value === "boolean" || value === 0 || value === 1
      ? Number(value)
      : "must be true or false",
);

const big = (
  Type: typeof BigInt64Array<ArrayBuffer> | typeof BigUint64Array<ArrayBuffer>,
  min: bigint,
  max: bigint,
): Make =>
() => {
  let data = new Type(new ArrayBuffer(0));
  const fault = `must be an integer from ${min} to ${max}`;
  return {
    get data() {
      return data;
    },
    isWide: true,
    stringBytesMax: NO_STRING_BYTES,
    grow(length) {
      data = new Type(data.buffer.transfer(length * 8));
    },
    write(value, slot) {
      const whole = typeof value === "bigint" ||
        (typeof value === "number" && Number.isSafeInteger(value));
      const n = whole ? BigInt(value as bigint | number) : null;
      if (n === null || n < min || n > max) return fault;
      data[slot] = n;
      return null;
    },
    writeNonFinite: () => fault,
  };
};

// A text of a megabyte is an element still; the body's limit holds for all of them.
const TEXT_BYTES_MAX = 2 ** 20;

const bytes: Make = () => {
  const data: Uint8Array[] = [];
  const fault = "must be a string";
  return {
    data,
    isWide: false,
    stringBytesMax: TEXT_BYTES_MAX,
    grow() {},
    write(value, slot) {
      if (typeof value !== "string") return fault;
      data[slot] = utf8.encode(value);
      return null;
    },
    writeNonFinite: () => fault,
  };
};

const utf8 = new TextEncoder();

/** JSON has no FP16, and Triton and KServe take none there either: it is sent as bytes. */
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
  FP32: float(Float32Array),
  FP64: float(Float64Array),
  BYTES: bytes,
};

/** @returns null where tensors of this datatype cannot be sent as JSON */
export function codecOf(datatype: Datatype): Codec | null {
  return MAKERS[datatype]?.() ?? null;
}
