/**
 * Runs the built-in models on ONNX Runtime, in workerd and in Deno alike.
 *
 * workerd forbids compiling WebAssembly from bytes, so there the runtime's module comes compiled
 * with the worker, and the one call by which ONNX Runtime compiles is answered with it.
 * @module
 */
import * as ort from "onnxruntime-web/wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm" with { type: "bytes" };
import driveRss from "../models/onnx/drive-rss.onnx" with { type: "bytes" };
import sceneIndices from "../models/onnx/scene-indices.onnx" with { type: "bytes" };
import telemetryAnomaly from "../models/onnx/telemetry-anomaly.onnx" with { type: "bytes" };
import type { Tensor } from "../contract/tensor.ts";
import type { Engine, RunnableModel } from "./engine.ts";
import { MODELS, type ModelSpec } from "../models/catalogue.ts";
import { fromOnnx, type OnnxTensor, toOnnx } from "./onnx-tensors.ts";
import { runInTiles } from "../models/tiles.ts";

const FILES: Record<string, BufferSource> = {
  "drive-rss": driveRss,
  "scene-indices": sceneIndices,
  "telemetry-anomaly": telemetryAnomaly,
};

/** An engine on ONNX Runtime's WebAssembly; an isolate needs one. */
export class OnnxEngine implements Engine {
  // One session per model and isolate; a failed load is not kept.
  readonly #sessions = new Map<string, ort.InferenceSession>();
  // ONNX Runtime keeps the arguments of a run on one stack, and its steps are apart by awaits: runs whose
  // steps alternate overwrite each other's, and fail or give wrong outputs. Each step is done at once, so
  // nobody waits here for a timer, or for what another request may never finish.
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs a built-in model once; the first run of an isolate loads it.
   * @param inputs in the model's order, checked against it
   * @returns the outputs in the order of the model's specification
   * @throws RangeError for a model that it has no file of
   */
  async run({ spec, uploaded }: RunnableModel, inputs: Tensor[]): Promise<Tensor[]> {
    if (!spec) throw new RangeError(`"${uploaded.name}" is no built-in model`);
    const session = this.#sessions.get(spec.name) ?? await this.#load(spec.name);
    return await runInTiles(spec, inputs, {
      run: (piece) => this.#runPiece(session, piece),
      // Other requests get their turn, and the platform frees memory.
      pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
    });
  }

  /**
   * Loads every built-in model and runs each on zeros, one after another. The first runs, of whatever size,
   * have V8 compile the engine, which takes as long as hundreds of later runs and 80 MB that its allocator
   * keeps.
   */
  async warm(): Promise<void> {
    for (const spec of MODELS.values()) {
      const session = this.#sessions.get(spec.name) ?? await this.#load(spec.name);
      const zeros = zerosOf(spec);
      for (let i = 0; i < WARM_RUNS; i++) await this.#runPiece(session, zeros);
    }
  }

  #runPiece(session: ort.InferenceSession, inputs: readonly Tensor[]): Promise<Tensor[]> {
    const run = this.#last.then(() => this.#runAlone(session, inputs));
    this.#last = run.catch(() => {});
    return run;
  }

  async #runAlone(session: ort.InferenceSession, inputs: readonly Tensor[]): Promise<Tensor[]> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const input of inputs) {
      const { type, dims, data } = toOnnx(input);
      feeds[input.name] = new ort.Tensor(type as ort.Tensor.Type, data as never, dims);
    }
    const results = await session.run(feeds);
    return session.outputNames.map((name) => fromOnnx(name, results[name] as OnnxTensor));
  }

  async #load(model: string): Promise<ort.InferenceSession> {
    const file = FILES[model];
    if (!file) throw new RangeError(`No engine has a model "${model}"`);
    prepare();
    const session = await ort.InferenceSession.create(bytesOf(file), {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      // With free shapes the pattern cache only grows: 18 MB over 400 shapes (tests/slow/models/memory_test.ts).
      enableMemPattern: false,
    });
    this.#sessions.set(model, session);
    return session;
  }
}

// V8 compiles a loop for speed when it has run often. What half as large runs left to compile took 15 MB of
// the first scenes; once compiled, all these take 40 ms.
const WARM_RUNS = 10;
/** Of each free dimension. */
const WARM_SIZE = 128;

function zerosOf({ inputs, dims }: ModelSpec): Tensor[] {
  return inputs.map(({ name, datatype }, i) => {
    const shape = dims[i].map((size) => typeof size === "number" ? size : WARM_SIZE);
    const elements = shape.reduce((product, size) => product * size, 1);
    return { name, datatype, shape, data: new Float32Array(elements) };
  });
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

let prepared = false;

function prepare(): void {
  if (prepared) return;
  prepared = true;
  ort.env.wasm.numThreads = 1;
  // Declared as bytes, which it is in Deno; workerd's bundler makes a module of it.
  const compiled: unknown = runtime;
  if (!(compiled instanceof WebAssembly.Module)) {
    ort.env.wasm.wasmBinary = bytesOf(runtime).slice().buffer;
    return;
  }
  ort.env.wasm.wasmBinary = new ArrayBuffer(0);
  const instantiate = WebAssembly.instantiate;
  const answer = async (source: BufferSource | WebAssembly.Module, imports?: object) => {
    const empty = !(source instanceof WebAssembly.Module) && source.byteLength === 0;
    if (!empty) return instantiate(source as BufferSource, imports as WebAssembly.Imports);
    const instance = await instantiate(compiled, imports as WebAssembly.Imports);
    return { module: compiled, instance };
  };
  WebAssembly.instantiate = answer as typeof WebAssembly.instantiate;
}
