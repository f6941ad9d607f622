/**
 * Reads TensorProto: the shape always, the elements where they are few and of a type that shapes use.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto3
 * @module
 */

import type { ProtoReader } from "./message.ts";
import { ModelError, quoted } from "./model-error.ts";
import { product } from "./operation-count.ts";
import {
  checkDims,
  type Dims,
  factOf,
  KNOWN_MAX,
  type KnownTensor,
  type TensorFact,
} from "./tensor.ts";

const RAW_DATA = 9;
/** Of data_location. */
const EXTERNAL = 1;
/** Where a skeleton says how much a field had that it has dropped (models/upload/grammar.ts). */
export const DROPPED = 1_000;

interface Element {
  /** In raw_data, and in the field below where that is of fixed width. */
  bytes: number;
  /** The field that holds elements when raw_data does not. */
  field: number;
  packing: "varint" | "fixed" | "texts";
  /** Undefined where elements of the type carry no shapes. */
  read?(view: DataView, at: number): number;
}

const element = (
  bytes: number,
  field: number,
  packing: Element["packing"],
  read?: Element["read"],
): Element => ({ bytes, field, packing, ...(read && { read }) });

/** By TensorProto.DataType. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  1: element(4, 4, "fixed", (view, at) => view.getFloat32(at, true)),
  2: element(1, 5, "varint", (view, at) => view.getUint8(at)),
  3: element(1, 5, "varint", (view, at) => view.getInt8(at)),
  4: element(2, 5, "varint", (view, at) => view.getUint16(at, true)),
  5: element(2, 5, "varint", (view, at) => view.getInt16(at, true)),
  6: element(4, 5, "varint", (view, at) => view.getInt32(at, true)),
  7: element(8, 7, "varint", (view, at) => Number(view.getBigInt64(at, true))),
  8: element(0, 6, "texts"),
  9: element(1, 5, "varint", (view, at) => view.getUint8(at)),
  10: element(2, 5, "varint"),
  11: element(8, 10, "fixed", (view, at) => view.getFloat64(at, true)),
  12: element(4, 11, "varint", (view, at) => view.getUint32(at, true)),
  13: element(8, 11, "varint", (view, at) => Number(view.getBigUint64(at, true))),
  16: element(2, 5, "varint"),
};

/** Whether a constant of this type is known to hold what its shape promises. */
export const isCheckedType = (type: number): boolean => type in ELEMENTS;

export const tensorName = (proto: ProtoReader): string => proto.text(8);

export function readTensor(proto: ProtoReader): TensorFact {
  const dims = proto.integers(1);
  const what = `Constant ${quoted(tensorName(proto))}`;
  checkDims(dims, what);
  const type = proto.integer(2) ?? 0;
  const isOutside = proto.integer(14) === EXTERNAL;
  if (proto.has(DROPPED + 6)) throw new ModelError(`${what} holds more text than is read`);
  if (isOutside || !ELEMENTS[type]) return factOf({ dims, known: null, type });
  return factOf({ dims, known: readElements(proto, dims, type, what), type });
}

function readElements(
  proto: ProtoReader,
  dims: Dims,
  type: number,
  what: string,
): KnownTensor | null {
  const { field, read } = ELEMENTS[type];
  const count = product(dims);
  const found = countElements(proto, type);
  if (found !== count) {
    throw new ModelError(`${what} holds ${found} elements, but its shape [${dims}] has ${count}`);
  }
  const isDropped = proto.has(DROPPED + field) || proto.has(DROPPED + RAW_DATA);
  if (count > KNOWN_MAX || !read || isDropped) return null;
  const { bytes, packing } = ELEMENTS[type];
  const isFixed = proto.has(RAW_DATA) || packing === "fixed";
  if (!isFixed) return { type, values: proto.integers(field) };
  const data = proto.allBytes(proto.has(RAW_DATA) ? RAW_DATA : field);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { type, values: Array.from({ length: count }, (_, i) => read(view, i * bytes)) };
}

/** In the file, whatever the shape promises. */
function countElements(proto: ProtoReader, type: number): number {
  const { bytes, field, packing } = ELEMENTS[type];
  const raw = proto.integer(DROPPED + RAW_DATA);
  if (raw !== undefined) return raw / bytes;
  if (proto.has(RAW_DATA)) return proto.allBytes(RAW_DATA).length / bytes;
  const dropped = proto.integer(DROPPED + field);
  if (packing === "fixed") return (dropped ?? proto.allBytes(field).length) / bytes;
  if (dropped !== undefined) return dropped;
  return packing === "varint" ? proto.countIntegers(field) : proto.texts(field).length;
}
