/**
 * Runs an ONNX model once on ONNX Runtime Web, and puts what its memory grew by beside the estimate of
 * docs/models.md#memory-of-a-run.
 *
 * ```sh
 * deno run -A tools/run-memory.ts models/onnx/scene-indices.onnx --shape reflectance=1,6,512,512
 * ```
 * @module
 */
import { ELEMENT_ARRAYS, type Tensor } from "../contract/tensor.ts";
import { uploadedSpec } from "../models/upload/spec.ts";

const HELP = `Compares the estimate of a run's memory with what ONNX Runtime Web takes.

Usage: deno run -A tools/run-memory.ts MODEL.onnx [--shape NAME=SIZES]... [--fill NAME=VALUE]...

  --shape NAME=SIZES  shape of one input, sizes with commas between them; none for a scalar
  --fill NAME=VALUE   what every element of an input is (0)
  --help              this text

The files of PP-OCRv4 and Silero VAD: docs/tutorials/ says where they come from.
Example: deno run -A tools/run-memory.ts silero_vad.onnx --shape input=1,576 --shape state=2,1,128 \\
  --shape sr= --fill sr=16000`;

/** The runtime's own, which stands before any model is loaded. */
interface Loaded {
  memory(): number;
  run(file: Uint8Array, inputs: readonly Tensor[]): Promise<void>;
}

/** Loads the runtime with its memory, which it imports, in sight. */
async function runtime(): Promise<Loaded> {
  let memory: WebAssembly.Memory | undefined;
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = ((source: BufferSource, imports: WebAssembly.Imports) => {
    memory ??= Object.values(imports).flatMap((namespace) => Object.values(namespace))
      .find((value) => value instanceof WebAssembly.Memory);
    return instantiate(source, imports);
  }) as typeof WebAssembly.instantiate;
  const ort = await import("onnxruntime-web/wasm");
  const { toOnnx } = await import("../inference/onnx-tensors.ts");
  ort.env.wasm.numThreads = 1;
  return {
    memory: () => memory?.buffer.byteLength ?? 0,
    async run(file, inputs) {
      const session = await ort.InferenceSession.create(file, {
        executionProviders: ["wasm"],
        enableMemPattern: false,
      });
      await session.run(Object.fromEntries(inputs.map((input) => {
        const { type, dims, data } = toOnnx(input);
        return [input.name, new ort.Tensor(type as "float32", data as never, dims)];
      })));
    },
  };
}

const RUNTIME_BYTES = 16 * 2 ** 20;

/** @returns what follows the options of this name, by input */
function given(args: readonly string[], option: string): Map<string, string> {
  return new Map(args.flatMap((arg, i) => {
    const [name, value] = (args[i + 1] ?? "").split("=");
    if (arg !== option) return [];
    if (value === undefined) throw new RangeError(`${option} takes NAME=VALUE`);
    return [[name, value]];
  }));
}

async function main([path, ...args]: string[]): Promise<void> {
  const file = await Deno.readFile(path);
  const spec = uploadedSpec(file, {
    tenant_id: "t",
    name: "m",
    version: "1",
    sha256: "0".repeat(64),
    object: "t/m",
    file_bytes: file.length,
  });
  const [shapes, fills] = [given(args, "--shape"), given(args, "--fill")];
  const inputs = spec.inputs.map(({ name, datatype, shape: declared }): Tensor => {
    if (datatype === "BYTES") {
      throw new RangeError(`Input "${name}" is text, of which none is made`);
    }
    const sizes = shapes.get(name);
    const shape = sizes === undefined ? declared : sizes.split(",").filter(Boolean).map(Number);
    if (shape.some((size) => !(size > 0))) throw new RangeError(`Input "${name}" needs --shape`);
    const elements = shape.reduce((product, size) => product * size, 1);
    const data = new ELEMENT_ARRAYS[datatype](elements);
    const fill = fills.get(name) ?? "0";
    data.fill((data instanceof BigInt64Array ? BigInt(fill) : Number(fill)) as never);
    return { name, datatype, shape, data };
  });
  const { memory_bytes } = spec.demand(inputs.map(({ shape }) => shape), inputs);
  const loaded = await runtime();
  await loaded.run(file, inputs);
  const mega = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(`estimate  ${mega(memory_bytes)}
measured  ${mega(loaded.memory() - RUNTIME_BYTES)}, besides the runtime's own ${
    mega(RUNTIME_BYTES)
  }`);
}

if (import.meta.main) {
  if (Deno.args.length === 0 || Deno.args.includes("--help")) {
    console.log(HELP);
    Deno.exit(Deno.args.length === 0 ? 2 : 0);
  }
  try {
    await main(Deno.args);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
