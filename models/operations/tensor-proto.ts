/**
 * Reads TensorProto: the shape always, the elements where they are few and of a type that shapes use.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3
 * @module
 */

import type { ProtoReader } from "./message.ts";
import { ModelError, quoted } from "./model-error.ts";
import { checkDims, type Dims, KNOWN_MAX, type KnownTensor, type TensorFact } from "./tensor.ts";
import { product } from "./operation-count.ts";

const RAW_DATA = 9;
/** Of data_location. */
const EXTERNAL = 1;

interface Element {
  /** In raw_data, and in the field below where that is of fixed width. */
  bytes: number;
  /** The field that holds elements when raw_data does not. */
  field: number;
  packing: "varint" | "fixed";
  read(view: DataView, at: number): number;
}

const element = (
  bytes: number,
  field: number,
  packing: Element["packing"],
  read: Element["read"],
): Element => ({ bytes, field, packing, read });

/** By TensorProto.DataType. Weights of other types have a shape, and that is all we ask of them. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  1: element(4, 4, "fixed", (view, at) => view.getFloat32(at, true)),
  2: element(1, 5, "varint", (view, at) => view.getUint8(at)),
  3: element(1, 5, "varint", (view, at) => view.getInt8(at)),
  4: element(2, 5, "varint", (view, at) => view.getUint16(at, true)),
  5: element(2, 5, "varint", (view, at) => view.getInt16(at, true)),
  6: element(4, 5, "varint", (view, at) => view.getInt32(at, true)),
  7: element(8, 7, "varint", (view, at) => Number(view.getBigInt64(at, true))),
  9: element(1, 5, "varint", (view, at) => view.getUint8(at)),
  11: element(8, 10, "fixed", (view, at) => view.getFloat64(at, true)),
  12: element(4, 11, "varint", (view, at) => view.getUint32(at, true)),
  13: element(8, 11, "varint", (view, at) => Number(view.getBigUint64(at, true))),
};

export const tensorName = (proto: ProtoReader): string => proto.text(8);

export function readTensor(proto: ProtoReader): TensorFact {
  const dims = proto.integers(1);
  const what = `Constant ${quoted(tensorName(proto))}`;
  checkDims(dims, what);
  const type = proto.integer(2) ?? 0;
  const element = ELEMENTS[type];
  const isOutside = proto.integer(14) === EXTERNAL;
  return { dims, known: element && !isOutside ? readElements(proto, dims, type, what) : null };
}

function readElements(
  proto: ProtoReader,
  dims: Dims,
  type: number,
  what: string,
): KnownTensor | null {
  const { bytes, field, packing, read } = ELEMENTS[type];
  const count = product(dims);
  const isFixed = proto.has(RAW_DATA) || packing === "fixed";
  const data = isFixed ? proto.allBytes(proto.has(RAW_DATA) ? RAW_DATA : field) : null;
  const found = data ? data.length / bytes : proto.countIntegers(field);
  if (found !== count) {
    throw new ModelError(`${what} holds ${found} elements, but its shape [${dims}] has ${count}`);
  }
  if (count > KNOWN_MAX) return null;
  if (!data) return { type, values: proto.integers(field) };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { type, values: Array.from({ length: count }, (_, i) => read(view, i * bytes)) };
}
