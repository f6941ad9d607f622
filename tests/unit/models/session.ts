/**
 * Runs ONNX files under Deno, with the runtime that the mesh uses in workerd.
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

// With memory patterns the runtime keeps a plan for every shape it ever saw: 400 shapes took the
// memory from 48 to 58 MB, where without them it stayed at 40 MB (docs/models.md#limits).
const OPTIONS = { enableMemPattern: false };

/** Fatal errors only: some tests expect that a file is refused. */
const SILENT = { logSeverityLevel: 4 } as const;

/** A function that runs a committed model on its one input. */
export async function open(
  name: string,
): Promise<(data: Float32Array, dims: readonly number[]) => Promise<Outputs>> {
  const file = await Deno.readFile(new URL(`../../../models/onnx/${name}.onnx`, import.meta.url));
  const session = await ort.InferenceSession.create(file, OPTIONS);
  return async (data, dims) => {
    const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", data, dims) };
    return await session.run(feeds) as unknown as Outputs;
  };
}

/** Runs any file once, on float32 inputs. */
export async function runOnce(
  file: Uint8Array,
  inputs: Record<string, { data: Float32Array; dims: readonly number[] }>,
): Promise<Outputs> {
  const session = await ort.InferenceSession.create(file, { ...OPTIONS, ...SILENT });
  try {
    const feeds = Object.entries(inputs).map(([name, { data, dims }]) =>
      [name, new ort.Tensor("float32", data, dims)] as const
    );
    return await session.run(Object.fromEntries(feeds), SILENT) as unknown as Outputs;
  } finally {
    await session.release();
  }
}
