/**
 * Tensors to and from JSON as the Open Inference Protocol writes them: exact, or a precise error.
 * Not its job: whether a model takes such a tensor (models/catalogue.ts).
 * @module
 */
import type { Datatype, Tensor, TensorData } from "./tensor.ts";

type Write = (value: unknown, slot: number) => string | null;

interface Codec {
  make(length: number): { data: TensorData; write: Write };
}

const integer = (
  Type: new (length: number) => Exclude<TensorData, BigInt64Array | BigUint64Array | Uint8Array[]>,
  min: number,
  max: number,
): Codec => ({
  make(length) {
    const data = new Type(length);
    return {
      data,
      write(value, slot) {
        if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
          return `must be an integer from ${min} to ${max}`;
        }
        data[slot] = value;
        return null;
      },
    };
  },
});

const big = (
  Type: new (length: number) => BigInt64Array | BigUint64Array,
  min: bigint,
  max: bigint,
): Codec => ({
  make(length) {
    const data = new Type(length);
    return {
      data,
      write(value, slot) {
        const whole = typeof value === "bigint" ||
          (typeof value === "number" && Number.isSafeInteger(value));
        const n = whole ? BigInt(value as bigint | number) : null;
        if (n === null || n < min || n > max) return `must be an integer from ${min} to ${max}`;
        data[slot] = n;
        return null;
      },
    };
  },
});

const float = (Type: typeof Float32Array | typeof Float64Array, name: string): Codec => ({
  make(length) {
    const data = new Type(length);
    return {
      data,
      write(value, slot) {
        // Digits past 2^53 may come as a bigint, kept for a 64-bit tensor of the same body.
        const number = typeof value === "bigint" ? Number(value) : value;
        if (typeof number !== "number") return "must be a number";
        data[slot] = number;
        return Number.isFinite(data[slot]) ? null : `must be finite as ${name}`;
      },
    };
  },
});

const bool: Codec = {
  make(length) {
    const data = new Uint8Array(length);
    return {
      data,
      write(value, slot) {
        if (typeof value !== "boolean" && value !== 0 && value !== 1) {
          return "must be true or false";
        }
        data[slot] = Number(value);
        return null;
      },
    };
  },
};

/** FP16 and BYTES travel in JSON only in ways that clients disagree on: not taken there. */
const CODECS: Partial<Record<Datatype, Codec>> = {
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

interface JsonTensor {
  name: string;
  shape: number[];
  datatype: Datatype;
  data: unknown[];
}

/** Reads one tensor, flat or nested. @returns the tensor, or what is wrong as a sentence */
export function decodeTensor({ name, shape, datatype, data }: JsonTensor): Tensor | string {
  const codec = CODECS[datatype];
  if (!codec) return `Input "${name}": ${datatype} cannot be sent as JSON`;
  const length = shape.reduce((product, size) => product * size, 1);
  const misfit = `Input "${name}": data is nested in another way than shape [${shape}]`;
  // First of all: what follows recurses, and a million brackets would exhaust the stack.
  if (isDeeper(data, shape.length)) return misfit;
  // Before any memory is taken: a shape may promise more than the body can hold.
  const leaves = countLeaves(data);
  if (leaves !== length) {
    return `Input "${name}" has shape [${shape}], so ${length} elements, but data holds ${leaves}`;
  }
  const nested = data.some(Array.isArray);
  if (nested && !fitsShape(data, shape, 0)) return misfit;
  const { data: array, write } = codec.make(length);
  const flat = nested ? data.flat(Infinity) : data;
  for (let slot = 0; slot < length; slot++) {
    const wrong = write(flat[slot], slot);
    if (wrong) return `Input "${name}": element ${slot} ${wrong}`;
  }
  return { name, datatype, shape, data: array };
}

function isDeeper(data: unknown[], axes: number): boolean {
  return data.some((item) => Array.isArray(item) && (axes <= 1 || isDeeper(item, axes - 1)));
}

function countLeaves(data: unknown[]): number {
  let leaves = 0;
  for (const item of data) leaves += Array.isArray(item) ? countLeaves(item) : 1;
  return leaves;
}

function fitsShape(data: unknown, shape: number[], axis: number): boolean {
  if (axis === shape.length) return !Array.isArray(data);
  if (!Array.isArray(data) || data.length !== shape[axis]) return false;
  return data.every((item) => fitsShape(item, shape, axis + 1));
}

/** One output as JSON; numbers that JSON cannot hold (NaN, infinities) become null. */
export function encodeTensor({ name, datatype, shape, data }: Tensor): JsonTensor {
  const values: unknown[] = datatype === "BOOL"
    ? Array.from(data as Uint8Array, (v) => v !== 0)
    : Array.from(data as Iterable<unknown>);
  return { name, datatype, shape, data: values };
}

/**
 * Parses a body; integers of 64-bit tensors keep every digit (they become bigints). It parses twice only
 * if there is such a tensor: the reviver that sees the digits is slow.
 * @param text JSON, of any size
 * @throws SyntaxError if the text is not JSON, or is nested too deeply to be read
 */
export function parseTensorJson(text: string): unknown {
  const body: unknown = JSON.parse(text);
  if (!/"datatype"\s*:\s*"U?INT64"/.test(text)) return body;
  try {
    return JSON.parse(text, function (_key, value, context?: { source?: string }) {
      const exact = typeof value !== "number" || Number.isSafeInteger(value) ||
        !context?.source || !/^-?\d+$/.test(context.source);
      return exact ? value : BigInt(context!.source!);
    });
  } catch (error) {
    // Unlike the parser itself, its reviver recurses.
    if (error instanceof RangeError) throw new SyntaxError("It is nested too deeply");
    throw error;
  }
}

/**
 * Writes a body in which bigints are plain digits.
 * @returns JSON
 */
export function stringifyTensorJson(body: unknown): string {
  return JSON.stringify(
    body,
    (_key, value) => typeof value === "bigint" ? rawJson(String(value)) : value,
  );
}

// ES2026, in V8 since 2023; TypeScript's library does not know it yet.
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): object };
