/**
 * Runs any ONNX file on the mesh's tensors, with the runtime that the mesh has in workerd.
 * @module
 */

import * as ort from "onnxruntime-web/wasm";
import type { Datatype, Tensor, TensorData } from "../../../contract/tensor.ts";
import { RUNTIME_TYPES } from "../../../models/upload/datatypes.ts";
import "./session.ts";

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
    : datatype === "FP16"
    ? new Float16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length)
    : data;
  return new ort.Tensor(RUNTIME_TYPES[datatype] as ort.Tensor.Type, elements as never, shape);
}

function fromRuntime(name: string, { type, dims, data }: ort.Tensor): Tensor {
  const [datatype] = Object.entries(RUNTIME_TYPES).find(([, one]) => one === type)!;
  const encoder = new TextEncoder();
  const elements = Array.isArray(data)
    ? data.map((text) => encoder.encode(text as string))
    : type === "float16"
    ? bitsOf(data as unknown as Float16Array<ArrayBuffer>)
    : data;
  return {
    name,
    datatype: datatype as Datatype,
    shape: [...dims],
    data: elements as unknown as TensorData,
  };
}

/** FP16 rides as its bits. */
const bitsOf = ({ buffer, byteOffset, length }: Float16Array<ArrayBuffer>): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length);
