/**
 * Tensors as ONNX Runtime takes and gives them, and as the mesh carries them.
 * @module
 */
import type { Datatype, Tensor, TensorData } from "../contract/tensor.ts";
import { RUNTIME_TYPES } from "../models/upload/datatypes.ts";
import { ModelFailure } from "./engine.ts";

/** What ONNX Runtime calls a tensor, with its elements. */
export interface OnnxTensor {
  type: string;
  dims: readonly number[];
  data: TensorData | string[];
}

const FROM_ONNX = new Map(
  Object.entries(RUNTIME_TYPES).map(([ours, theirs]) => [theirs, ours as Datatype]),
);

/**
 * A tensor for ONNX Runtime. Its strings are text.
 * @throws ModelFailure where an element of BYTES is no UTF-8, or has a zero byte in it
 */
export function toOnnx({ name, datatype, shape, data }: Tensor): OnnxTensor {
  const type = RUNTIME_TYPES[datatype];
  return { type, dims: shape, data: Array.isArray(data) ? textsOf(name, data) : data };
}

/**
 * A tensor as the mesh carries it.
 * @throws ModelFailure for a type that no answer can carry
 */
export function fromOnnx(name: string, { type, dims, data }: OnnxTensor): Tensor {
  const datatype = FROM_ONNX.get(type);
  if (!datatype) {
    throw new ModelFailure(
      "model_failed",
      `Output "${name}" is of type ${type}, which is not given`,
    );
  }
  return { name, datatype, shape: [...dims], data: elementsOf(datatype, data) };
}

function elementsOf(datatype: Datatype, data: TensorData | string[]): TensorData {
  if (datatype === "BYTES") {
    const utf8 = new TextEncoder();
    return (data as string[]).map((text) => utf8.encode(text));
  }
  if (datatype !== "FP16") return data as TensorData;
  // Where the engine has Float16Array, ONNX Runtime gives one; ours are the bits.
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

function textsOf(name: string, elements: Uint8Array[]): string[] {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return elements.map((element, i) => {
    if (element.includes(0)) {
      const why = "has a zero byte, at which the engine's strings end";
      throw new ModelFailure("model_failed", `Element ${i} of input "${name}" ${why}`);
    }
    try {
      return utf8.decode(element);
    } catch {
      throw new ModelFailure("model_failed", `Element ${i} of input "${name}" is not UTF-8`);
    }
  });
}
