/**
 * A tensor as the counter sees it: its shape, and its elements where they are few and known, as those
 * that carry shapes are.
 * @module
 */

import { ModelError, TooLarge } from "./model-error.ts";
import { product } from "./operation-count.ts";

export type Dims = readonly number[];

export interface TensorFact {
  /** Where `loose`, upper bounds. */
  readonly dims: Dims;
  readonly known: KnownTensor | null;
  /** TensorProto.DataType; 0 where it is not known. */
  readonly type: number;
  /** Sizes depend on data. */
  readonly loose: boolean;
  /** No element is larger; Infinity where nothing is known of that. */
  readonly at_most: number;
  /** Inputs of the model from whose elements these would follow; none where no input helps. */
  readonly asks: readonly string[];
}

/** What an operator's rule says of a result: what it leaves out follows from the inputs. */
export type Inferred = Pick<TensorFact, "dims" | "known"> & Partial<TensorFact>;

export interface KnownTensor {
  /** TensorProto.DataType. */
  readonly type: number;
  /** Row-major. 64-bit integers beyond 2^53, such as the end of an open Slice, are rounded. */
  readonly values: readonly number[];
}

/** TensorProto.DataType of onnx.proto3, as far as rules name them. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT32 = 6;
export const INT64 = 7;
export const STRING = 8;
export const BOOL = 9;
export const DOUBLE = 11;

/** Bytes of an element, by TensorProto.DataType. Texts are counted by their length; see byteSize(). */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  14: 8,
  15: 16,
  16: 2,
};
/** The widest element, for a type that is not known. */
const UNKNOWN_BYTES = 16;
/** What a std::string takes beside its characters. */
const TEXT_HEAD_BYTES = 32;

/** @param text_bytes the longest text that may occur */
export const byteSize = (
  { dims, type }: Pick<TensorFact, "dims" | "type">,
  text_bytes: number,
): number =>
  product(dims) *
  (type === STRING ? TEXT_HEAD_BYTES + text_bytes : ELEMENT_BYTES[type] ?? UNKNOWN_BYTES);

/** Ranges of the integers that are computed with. */
const INTEGERS: Readonly<Record<number, readonly [min: number, max: number]>> = {
  2: [0, 255],
  3: [-128, 127],
  4: [0, 65_535],
  5: [-32_768, 32_767],
  6: [-(2 ** 31), 2 ** 31 - 1],
  [INT64]: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  12: [0, 2 ** 32 - 1],
  13: [0, Number.MAX_SAFE_INTEGER],
};

// What carries a shape has two elements a dimension at most, and a Split some dozens. More is data:
// to compute it would be to run the model, for as long as the file likes.
export const KNOWN_MAX = 256;

// The most that ONNX Runtime's broadcasting was made for is far below; a file can promise thousands.
const RANK_MAX = 32;

/** A tensor of which no element is known. */
export const shaped = (dims: Dims, type?: number): Inferred => ({
  dims,
  known: null,
  ...(type && { type }),
});

/** With nothing left out. */
export const factOf = (inferred: Inferred): TensorFact => ({
  type: inferred.known?.type ?? 0,
  loose: false,
  at_most: inferred.known ? largest(inferred.known.values) : Infinity,
  asks: [],
  ...inferred,
});

const largest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), -Infinity);

export const isSmall = (dims: Dims): boolean => !isLarge(dims);

export const isInteger = (type: number): boolean => type in INTEGERS;

/** Throws unless a tensor could have these dimensions. */
export function checkDims(dims: Dims, what: string): void {
  if (dims.length > RANK_MAX) {
    throw new ModelError(`${what} has ${dims.length} dimensions: at most ${RANK_MAX} are read`);
  }
  if (dims.some((size) => size > Number.MAX_SAFE_INTEGER)) {
    throw new TooLarge(
      `${what} has shape [${dims}]: more than can be counted exactly, 2^53 or beyond`,
    );
  }
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ModelError(`${what} has shape [${dims}]: its sizes must be integers from 0`);
  }
  product(dims);
}

/** What of a computed value its type can hold; undefined where that is not ours to say. */
export function hold(type: number, value: number): number | undefined {
  if (type === FLOAT) return Math.fround(value);
  if (type === DOUBLE) return value;
  if (type === BOOL) return value === 0 ? 0 : 1;
  const [min, max] = INTEGERS[type] ?? [1, 0];
  // + 0 makes 0 of -0, which no integer is.
  return Number.isInteger(value) && value >= min && value <= max ? value + 0 : undefined;
}

/** Elements of a result that has this shape; null where there are too many or one cannot be told. */
export function compute(
  dims: Dims,
  type: number,
  at: (position: number[]) => number | undefined,
): KnownTensor | null {
  if (isLarge(dims)) return null;
  const values: number[] = [];
  for (const position of positions(dims)) {
    const value = at(position);
    if (value === undefined) return null;
    values.push(value);
  }
  return { type, values };
}

/** A tensor of other dimensions whose every element is one of another tensor's. */
export function rearrange(
  from: TensorFact,
  dims: Dims,
  source: (at: number[]) => Dims,
): Inferred {
  const { known } = from;
  if (!known) return shaped(dims);
  const at = (position: number[]) => known.values[offset(source(position), from.dims)];
  return { dims, known: compute(dims, known.type, at) };
}

/** Row-major. */
export const offset = (position: Dims, dims: Dims): number =>
  dims.reduce((offset, size, axis) => offset * size + position[axis], 0);

/** Where in a tensor the element stands that broadcasting puts at a position of the result. */
export const broadcastFrom = (position: Dims, dims: Dims): number[] =>
  dims.map((size, axis) => size === 1 ? 0 : position[position.length - dims.length + axis]);

/**
 * Multidirectional broadcasting of ONNX; null where the shapes do not fit.
 * @param isLoose sizes are upper bounds: two that differ may be the same, or one of them 1
 */
export function broadcast(a: Dims, b: Dims, isLoose = false): Dims | null {
  const rank = Math.max(a.length, b.length);
  const dims: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1 && !isLoose) return null;
    dims.push(isLoose ? Math.max(x, y) : x === 1 ? y : x);
  }
  return dims;
}

/** Also true of dimensions that no tensor can have: they are not for us to go through. */
const isLarge = (dims: Dims): boolean =>
  dims.length > RANK_MAX || !(dims.reduce((size, dim) => size * dim, 1) <= KNOWN_MAX) ||
  !dims.every((size) => Number.isSafeInteger(size) && size >= 0);

function* positions(dims: Dims): Iterable<number[]> {
  const count = dims.reduce((size, dim) => size * dim, 1);
  const position = dims.map(() => 0);
  for (let i = 0; i < count; i++) {
    yield position;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++position[axis] < dims[axis]) break;
      position[axis] = 0;
    }
  }
}
