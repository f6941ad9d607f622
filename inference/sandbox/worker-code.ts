/**
 * What a sandbox is made of: the one description of an isolate that the Worker Loader gets.
 * Whatever an uploaded model could do, it could do with this alone: no bindings, no network, its own bytes.
 * @module
 */

/** A module by its content. */
export type WorkerModule =
  | { js: string }
  | { data: ArrayBuffer }
  | { wasm: WebAssembly.Module };

/** What a Worker Loader takes: the part of workerd's own type that a sandbox uses. */
export interface WorkerCode {
  compatibilityDate: string;
  compatibilityFlags: string[];
  mainModule: string;
  modules: Record<string, WorkerModule>;
  env: Record<string, never>;
  globalOutbound: null;
  limits: { cpuMs: number; subRequests: number };
}

/** What goes into a sandbox. */
export interface SandboxParts {
  /** The program: model-worker.mjs. */
  script: string;
  /** ONNX Runtime's JavaScript. */
  ort: string;
  /** ONNX Runtime, compiled with the mesh's own worker. */
  runtime: WebAssembly.Module;
  /** The uploaded file. */
  model: ArrayBuffer;
}

// The same as wrangler.toml's: a test holds the two together.
const COMPATIBILITY_DATE = "2026-10-01";

/**
 * CPU time of one call, on Cloudflare: to open the largest model and run it at its bound, with room for a
 * slow machine. A model that the count got wrong ends here. Locally nobody enforces it.
 */
const CPU_MS_MAX = 10_000;

/**
 * What ONNX Runtime may take of a sandbox's memory, in pages of 64 KiB: 96 of an isolate's 128 MB. The rest
 * is for the file, the script and the tensors of one call.
 */
const MEMORY_PAGES_MAX = 1_536;

/** Gives the program what it has. Of the platform, a sandbox knows this one module. */
const MAIN = `
import * as platform from "cloudflare:workers";
import model from "./model.onnx";
import { modelWorker } from "./model-worker.mjs";
import * as ort from "./ort.mjs";
import runtime from "./ort.wasm";
export default modelWorker({ platform, ort, runtime, model, memory_pages_max: ${MEMORY_PAGES_MAX} });
`;

/**
 * Describes a sandbox.
 * @returns what env.LOADER takes: without bindings, without a network, with bounds
 */
export const workerCode = ({ script, ort, runtime, model }: SandboxParts): WorkerCode => ({
  compatibilityDate: COMPATIBILITY_DATE,
  // With the date come modules of Node, files among them, and nothing here needs one.
  compatibilityFlags: ["no_nodejs_compat"],
  mainModule: "main.mjs",
  modules: {
    "main.mjs": { js: MAIN },
    "model-worker.mjs": { js: script },
    "ort.mjs": { js: ort },
    "ort.wasm": { wasm: runtime },
    "model.onnx": { data: model },
  },
  env: {},
  globalOutbound: null,
  limits: { cpuMs: CPU_MS_MAX, subRequests: 0 },
});
