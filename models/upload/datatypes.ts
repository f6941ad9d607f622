/**
 * ONNX's element types and the datatypes of the Open Inference Protocol.
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
