/**
 * Runs models on native ONNX Runtime, which takes all cores for a run.
 * @module
 */
import type { BoardModel } from "../contract/board.ts";
import type { Datatype, Tensor, TensorData } from "../contract/tensor.ts";
import { RUNTIME_TYPES } from "../models/upload/datatypes.ts";
import type { ModelStore } from "./model-store.ts";
import {
  NATIVE_VERSION,
  type NativeRuntime,
  type NativeSession,
  type NativeTensor,
} from "./native-runtime.ts";
import type { RunModel, Runner } from "./runner.ts";

// A session holds its model's parameters: the one that was used longest ago makes room.
const SESSIONS_MAX = 8;

/** A board's runner on its processor. */
export class NativeRunner implements Runner {
  readonly name = `onnxruntime-node ${NATIVE_VERSION}, cpu`;
  readonly #runtime: NativeRuntime;
  readonly #store: ModelStore;
  readonly #sessions = new Map<string, NativeSession>();

  constructor(runtime: NativeRuntime, store: ModelStore) {
    this.#runtime = runtime;
    this.#store = store;
  }

  async load(model: BoardModel): Promise<RunModel> {
    const session = await this.#sessionOf(model);
    return async (inputs, outputs) => {
      const feeds = Object.fromEntries(inputs.map((input) => [input.name, this.#toNative(input)]));
      const results = await session.run(feeds, outputs.map(({ name }) => name));
      return outputs.map(({ name, datatype }) => fromNative(name, datatype, results[name]));
    };
  }

  async #sessionOf(model: BoardModel): Promise<NativeSession> {
    const key = model.kind === "built-in" ? `${model.name} ${model.version}` : model.sha256;
    const session = this.#sessions.get(key) ?? await this.#load(model);
    // A map keeps the order of insertion: the first one is that which was used longest ago.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    if (this.#sessions.size > SESSIONS_MAX) {
      const [[oldest, old]] = this.#sessions;
      this.#sessions.delete(oldest);
      await old.release();
    }
    return session;
  }

  async #load(model: BoardModel): Promise<NativeSession> {
    const bytes = await this.#store.bytesOf(model);
    return await this.#runtime.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      // Warnings about a tenant's model are nothing that the operator of the board could mend.
      logSeverityLevel: 3,
    });
  }

  #toNative({ datatype, shape, data }: Tensor): NativeTensor {
    const { Tensor } = this.#runtime;
    if (Array.isArray(data)) {
      const utf8 = new TextDecoder();
      return new Tensor("string", data.map((element) => utf8.decode(element)), shape);
    }
    return new Tensor(RUNTIME_TYPES[datatype], data, shape);
  }
}

function fromNative(name: string, datatype: Datatype, { type, dims, data }: NativeTensor): Tensor {
  if (type !== RUNTIME_TYPES[datatype]) throw new Error(`Output "${name}" is ${type} here`);
  const shape = [...dims];
  if (Array.isArray(data)) {
    const utf8 = new TextEncoder();
    return { name, datatype, shape, data: data.map((element) => utf8.encode(element)) };
  }
  return { name, datatype, shape, data: data as TensorData };
}
