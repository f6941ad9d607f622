/**
 * Whether a tensor is what it should be, as far as float arithmetic in another order lets it.
 * @module
 */

import type { Tensor } from "../../contract/tensor.ts";

// What ONNX's own test runner allows.
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;
/** Of half precision, one unit in the last place. */
const RELATIVE_FP16 = 2 ** -10;

/**
 * @param sum_tolerance of sums in which terms cancel, as Fourier transforms are: a part of the largest element
 * @returns what differs first; null where nothing does
 */
export function sameTensor(got: Tensor, want: Tensor, sum_tolerance = 0): string | null {
  if (got.datatype !== want.datatype) return `it is ${got.datatype}, not ${want.datatype}`;
  if (`${got.shape}` !== `${want.shape}`) return `it has shape [${got.shape}], not [${want.shape}]`;
  if (got.data.length !== want.data.length) {
    return `it has ${got.data.length} elements, not ${want.data.length}`;
  }
  const absolute = sum_tolerance * largest(want) || ABSOLUTE;
  for (let i = 0; i < want.data.length; i++) {
    const [a, b] = [got.data[i], want.data[i]];
    if (isSame(a, b, want.datatype, absolute)) continue;
    return `[${i}] is ${shown(a)}, not ${shown(b)}`;
  }
  return null;
}

type Element = number | bigint | Uint8Array;

const shown = (element: Element): string =>
  element instanceof Uint8Array ? new TextDecoder().decode(element) : `${element}`;

function largest({ data, datatype }: Tensor): number {
  if (datatype !== "FP32" && datatype !== "FP64") return 0;
  return Array.from(data as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Engines write a float with more digits than it takes to read it back. */
const isSameNumber = (a: string, b: string): boolean =>
  b.trim() !== "" && Math.fround(Number(a)) === Math.fround(Number(b));

function isSame(
  a: Element,
  b: Element,
  datatype: Tensor["datatype"],
  absolute: number,
): boolean {
  if (typeof a !== "number" || typeof b !== "number") {
    return shown(a) === shown(b) || (datatype === "BYTES" && isSameNumber(shown(a), shown(b)));
  }
  if (!datatype.startsWith("FP")) return a === b;
  const [x, y] = datatype === "FP16" ? [fromHalf(a), fromHalf(b)] : [a, b];
  if (Object.is(x, y) || x === y) return true;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  const relative = datatype === "FP16" ? RELATIVE_FP16 : RELATIVE;
  return Math.abs(x - y) <= absolute + relative * Math.abs(y);
}

/** The number that 16 bits stand for. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [bits >> 10 & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
