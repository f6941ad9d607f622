/**
 * ONNX's element types, what ONNX Runtime calls them, and the datatypes of the Open Inference Protocol.
 * @module
 */

import type { Datatype } from "../../contract/tensor.ts";

/** By TensorProto.DataType. The others (bfloat16, complex, 8-bit floats, 4-bit integers) have none. */
export const DATATYPE_OF: Readonly<Record<number, Datatype>> = {
  1: "FP32",
  2: "UINT8",
  3: "INT8",
  4: "UINT16",
  5: "INT16",
  6: "INT32",
  7: "INT64",
  8: "BYTES",
  9: "BOOL",
  10: "FP16",
  11: "FP64",
  12: "UINT32",
  13: "UINT64",
};

/** What ONNX Runtime calls tensors of a datatype, in WebAssembly and natively. */
export const RUNTIME_TYPES: Readonly<Record<Datatype, string>> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
};
