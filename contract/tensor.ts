/**
 * Tensors as the mesh carries them between its rooms: typed arrays, row-major.
 * Not its job: how they look on the wire (see oip.ts).
 * @module
 */

/** The datatypes of the Open Inference Protocol v2 that the built-in engines use or accept. */
export const DATATYPES = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const;
/** One of DATATYPES. */
export type Datatype = typeof DATATYPES[number];

/** What elements lie in, by datatype. BYTES has none: each of its elements has an array of its own. */
export const ELEMENT_ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const satisfies Record<Exclude<Datatype, "BYTES">, unknown>;

/**
 * The size of one element in the protocol's binary form.
 * @returns bytes; null for BYTES, of which each has its own length
 */
export const elementBytes = (datatype: Datatype): number | null =>
  datatype === "BYTES" ? null : ELEMENT_ARRAYS[datatype].BYTES_PER_ELEMENT;

/** Elements in row-major order; `Uint8Array[]` is BYTES: one array for each element. */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | Uint8Array[];

/** `data.length` is the product of `shape`. FP16 rides as its bits in a Uint16Array, BOOL as 0/1 in a Uint8Array. */
export interface Tensor {
  name: string;
  datatype: Datatype;
  /** Sizes of the dimensions, the slowest first. */
  shape: number[];
  data: TensorData;
}

/** What a model takes or gives. */
export interface TensorSpec {
  name: string;
  datatype: Datatype;
  /** Sizes of the dimensions; -1 marks a free one. */
  shape: number[];
}

/**
 * The size of a tensor's data in the protocol's binary form: what travels, and what is billed.
 * @returns bytes; for BYTES, 4 more for each element, which stand for its length
 */
export function tensorBytes({ data }: Tensor): number {
  return Array.isArray(data)
    ? data.reduce((sum, element) => sum + 4 + element.byteLength, 0)
    : data.byteLength;
}

/**
 * Gives the memory of tensors that nobody reads any more back at once: they are empty from now on. Else it
 * would wait for a collection of all garbage, which comes late, as elements lie outside of V8's heap.
 */
export function freeTensors(tensors: readonly Tensor[]): void {
  for (const { data } of tensors) {
    if (Array.isArray(data)) continue;
    const buffer = data.buffer as ArrayBuffer;
    // Two tensors may lie in one piece of memory.
    if (!buffer.detached) buffer.transfer(0);
  }
}
