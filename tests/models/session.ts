/**
 * Runs the committed ONNX files under Deno, with the runtime that the mesh uses in workerd.
 * @module
 */

import * as ort from "onnxruntime-web/wasm";

// Given its bytes, the runtime does not look for its file by itself.
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await Deno.readFile(
  new URL("./ort-wasm-simd-threaded.wasm", import.meta.resolve("onnxruntime-web/wasm")),
);

export type Outputs = Record<string, { dims: readonly number[]; type: string; data: Numbers }>;
export type Numbers = Float32Array | Uint8Array;

/** A function that runs a model on its one input. */
export async function open(
  name: string,
): Promise<(data: Float32Array, dims: readonly number[]) => Promise<Outputs>> {
  const file = await Deno.readFile(new URL(`../../models/onnx/${name}.onnx`, import.meta.url));
  // With memory patterns the runtime keeps a plan for every shape it ever saw: 400 shapes took the
  // memory from 48 to 58 MB, where without them it stayed at 40 MB (docs/models.md#limits).
  const session = await ort.InferenceSession.create(file, { enableMemPattern: false });
  return async (data, dims) => {
    const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", data, dims) };
    return await session.run(feeds) as unknown as Outputs;
  };
}
