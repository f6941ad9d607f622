/**
 * The program of a sandbox: one uploaded model on ONNX Runtime, in an isolate of its own that has no bindings
 * and no network. Handed to the Worker Loader as text (worker-code.ts), so it is plain JavaScript, and imports
 * nothing: it is given all that it has.
 * @module
 */

/**
 * Makes the entrypoint of a sandbox.
 * @param {object} parts
 * @param {object} parts.platform workerd's module "cloudflare:workers"
 * @param {object} parts.ort ONNX Runtime
 * @param {WebAssembly.Module} parts.runtime its WebAssembly
 * @param {ArrayBuffer} parts.model the ONNX file
 * @param {number} parts.memory_pages_max what the runtime may take, in pages of 64 KiB
 */
export function modelWorker({ platform, ort, runtime, model, memory_pages_max }) {
  const { abortIsolate, WorkerEntrypoint } = platform;
  // The runtime asks for memory of up to 4 GB, and only ever grows it. What it is not given it cannot take:
  // a model that wants more fails, and nothing around it does.
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = class extends Memory {
    constructor(wanted) {
      super({ ...wanted, maximum: Math.min(wanted.maximum, memory_pages_max) });
    }
  };
  // Bytes may not be compiled here, so the runtime is told that it has them, and gets what is compiled. Made
  // at once, not later: then nothing else gets its turn while a session is opened.
  WebAssembly.instantiate = (_, imports) => {
    const instance = new WebAssembly.Instance(runtime, imports);
    return Promise.resolve({ module: runtime, instance });
  };
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = new ArrayBuffer(0);
  // What the runtime would say on the console is said in the answer.
  const quiet = { logSeverityLevel: 4 };
  let session = null;

  return class ModelWorker extends WorkerEntrypoint {
    /**
     * Runs the model once.
     * @param {{ name: string, type: string, dims: number[], data: unknown }[]} inputs
     * @returns `outputs` in the model's order; else `error`, in the runtime's words, and `broken` where it
     *   was no answer of the runtime's but its end: this sandbox should not be asked again
     */
    async run(inputs) {
      try {
        session ??= await ort.InferenceSession.create(new Uint8Array(model), {
          executionProviders: ["wasm"],
          graphOptimizationLevel: "all",
          // With free shapes the pattern cache only grows (inference/onnx.ts).
          enableMemPattern: false,
          ...quiet,
        });
        const feeds = {};
        for (const { name, type, dims, data } of inputs) {
          feeds[name] = new ort.Tensor(type, data, dims);
        }
        const results = await session.run(feeds, quiet);
        return { outputs: session.outputNames.map((name) => sent(name, results[name])) };
      } catch (error) {
        const message = error instanceof Error ? error.message : "the runtime ended";
        return { error: message, broken: !message.includes("ERROR_CODE") };
      }
    }

    /** Ends this isolate soon after the answer: the platform forgets it, and frees what it has. */
    evict() {
      this.ctx.waitUntil(scheduler.wait(1).then(() => abortIsolate("evicted")));
    }
  };
}

function sent(name, { type, dims, data }) {
  // A Float16Array travels as its bits, whatever version of the runtime made it.
  const bits = type === "float16"
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : data;
  return { name, type, dims: [...dims], data: bits };
}
