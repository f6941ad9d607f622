/**
 * What every sandbox has beside its model. All of it travels with the mesh's own worker.
 * @module
 */
// The file that "onnxruntime-web/wasm" is in a browser and in workerd; its package names no path for it.
import ort from "../../node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs" with {
  type: "text",
};
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm" with { type: "bytes" };
import script from "./model-worker.mjs" with { type: "text" };
import type { SandboxParts } from "./worker-code.ts";

/** The script, ONNX Runtime's JavaScript, and its module as workerd has compiled it. */
export const SANDBOX_PARTS: Omit<SandboxParts, "model"> = {
  script,
  ort,
  // Declared as bytes, which it is in Deno; workerd's bundler makes a module of it.
  runtime: runtime as unknown as WebAssembly.Module,
};
