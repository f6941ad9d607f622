/**
 * Runs any ONNX file on the mesh's tensors, with the runtime that the mesh has in workerd.
 * @module
 */

import * as ort from "onnxruntime-web/wasm";
import type { Datatype, Tensor, TensorData } from "../../../contract/tensor.ts";
import "./session.ts";

const TYPE_NAMES: Readonly<Record<Datatype, string>> = {
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

const SILENT = { logSeverityLevel: 4 } as const;

/** @returns the outputs in the order of the file, by name */
export async function runTensors(
  file: Uint8Array,
  names: readonly string[],
  inputs: readonly Tensor[],
): Promise<Map<string, Tensor>> {
  const session = await ort.InferenceSession.create(file, { enableMemPattern: false, ...SILENT });
  try {
    const feeds = Object.fromEntries(inputs.map((input, i) => [names[i], toRuntime(input)]));
    const ran = await session.run(feeds, SILENT);
    return new Map(session.outputNames.map((name) => [name, fromRuntime(name, ran[name])]));
  } finally {
    await session.release();
  }
}

const decoder = new TextDecoder();

function toRuntime({ datatype, shape, data }: Tensor): ort.Tensor {
  const elements = Array.isArray(data)
    ? data.map((text) => decoder.decode(text))
    : datatype === "FP16" && "Float16Array" in globalThis
    // deno-lint-ignore no-explicit-any
    ? new (globalThis as any).Float16Array(data.buffer, data.byteOffset, data.length)
    : data;
  // deno-lint-ignore no-explicit-any
  return new ort.Tensor(TYPE_NAMES[datatype] as any, elements as any, shape);
}

function fromRuntime(name: string, { type, dims, data }: ort.Tensor): Tensor {
  const [datatype] = Object.entries(TYPE_NAMES).find(([, one]) => one === type)!;
  const encoder = new TextEncoder();
  const elements = Array.isArray(data)
    ? data.map((text) => encoder.encode(text as string))
    : type === "float16"
    // deno-lint-ignore no-explicit-any
    ? new Uint16Array((data as any).buffer, (data as any).byteOffset, data.length)
    : data;
  return {
    name,
    datatype: datatype as Datatype,
    shape: [...dims],
    data: elements as unknown as TensorData,
  };
}
