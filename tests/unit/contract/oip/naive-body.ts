/**
 * The body of an inference read the plain way: the whole text, then the whole value, then its tensors.
 * @module
 */
import {
  type Datatype,
  DATATYPES,
  type Tensor,
  type TensorData,
} from "../../../../contract/tensor.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

const RANGES: Partial<Record<Datatype, [bigint, bigint, { from(items: Json): TensorData }]>> = {
  UINT8: [0n, 255n, Uint8Array],
  UINT16: [0n, 65_535n, Uint16Array],
  UINT32: [0n, 2n ** 32n - 1n, Uint32Array],
  UINT64: [0n, 2n ** 64n - 1n, BigUint64Array],
  INT8: [-128n, 127n, Int8Array],
  INT16: [-32_768n, 32_767n, Int16Array],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n, Int32Array],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n, BigInt64Array],
};

class Written {
  constructor(readonly value: number, readonly text: string) {}
}

/** @returns the tensors by name; null if the body is none that such a model takes */
export function naiveTensors(
  text: string,
  takes: { name: string; datatype: Datatype }[],
): Map<string, Tensor> | null {
  // What JSON has not, written so that it has.
  const readable = text.replaceAll(/-?Infinity|NaN/g, (word) => `{"word":"${word}"}`);
  const body: Json = JSON.parse(
    readable,
    (_key, value, context?: { source: string }) =>
      typeof value === "number" ? new Written(value, context!.source) : value,
  );
  const tensors = new Map<string, Tensor>();
  for (const input of body.inputs) {
    const { name, datatype, shape, data } = input;
    if (takes.find((one) => one.name === name)?.datatype !== datatype) return null;
    if (!DATATYPES.includes(datatype) || tensors.has(name)) return null;
    const sizes = shape.map((size: Written) => size.value);
    const length = sizes.reduce((product: number, size: number) => product * size, 1);
    const flat = data.some(Array.isArray) ? flatten(data, sizes) : data;
    if (!flat || flat.length !== length) return null;
    const array = arrayOf(datatype, flat);
    if (!array) return null;
    tensors.set(name, { name, datatype, shape: sizes, data: array });
  }
  return tensors;
}

function flatten(data: Json, [size, ...rest]: number[]): Json[] | null {
  if (!Array.isArray(data) || data.length !== size) return null;
  if (rest.length === 0) return data.some(Array.isArray) ? null : data;
  const parts = data.map((part) => flatten(part, rest));
  return parts.includes(null) ? null : parts.flat();
}

function arrayOf(datatype: Datatype, items: Json[]): TensorData | null {
  if (datatype === "BOOL") {
    const bits = items.map((item) => item === true ? 1 : item === false ? 0 : item?.value);
    return bits.every((bit) => bit === 0 || bit === 1) ? Uint8Array.from(bits) : null;
  }
  if (datatype === "BYTES") {
    const isText = items.every((item) => typeof item === "string");
    return isText ? items.map((item) => new TextEncoder().encode(item)) : null;
  }
  if (datatype === "FP32" || datatype === "FP64") {
    const isFinite = (item: Json) => item instanceof Written;
    const isOther = (item: Json) => item === null || item.word !== undefined;
    if (!items.every((item) => isFinite(item) || isOther(item))) return null;
    const values = items.map((item) => item === null ? NaN : item.value ?? Number(item.word));
    const array = datatype === "FP32" ? Float32Array.from(values) : Float64Array.from(values);
    return array.every((value, i) => Number.isFinite(value) || isOther(items[i])) ? array : null;
  }
  if (items.some((item) => !(item instanceof Written))) return null;
  const range = RANGES[datatype];
  if (!range) return null;
  const [min, max, Type] = range;
  const wide = datatype.endsWith("64");
  const exact = items.map(({ value, text }: Written) => {
    if (wide && /^-?\d+$/.test(text)) return BigInt(text);
    return Number.isSafeInteger(value) ? BigInt(value) : null;
  });
  if (exact.some((n) => n === null || n < min || n > max)) return null;
  return Type.from(wide ? exact : exact.map(Number));
}
