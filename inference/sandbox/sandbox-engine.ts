/**
 * Runs uploaded models, each in an isolate of its own, which a Worker Loader makes.
 *
 * An isolate keeps a few sandboxes, so that a model which is asked again need not be opened again. Two
 * tenants never share one, whatever they have uploaded: its name has the tenant in it.
 * Not its job: whether a run fits into a sandbox (limits.ts), what it costs, and where it takes place.
 * @module
 */
import { withDeadline } from "../../contract/deadline.ts";
import type { Tensor } from "../../contract/tensor.ts";
import { residentName, type UploadedModel } from "../../contract/uploaded-model.ts";
import { type Engine, ModelFailure, type RunnableModel } from "../engine.ts";
import { fromOnnx, type OnnxTensor, toOnnx } from "../onnx-tensors.ts";
import type { Files } from "./model-file.ts";
import { readModelFile } from "./model-file.ts";
import { SandboxPlaces } from "./places.ts";
import { type SandboxParts, type WorkerCode, workerCode } from "./worker-code.ts";

/** What model-worker.mjs answers. */
type Answer =
  | { outputs: (OnnxTensor & { name: string })[] }
  | { error: string; broken: boolean };

/** The entrypoint of a sandbox, as its caller sees it. */
interface Sandbox {
  run(inputs: (OnnxTensor & { name: string })[]): Promise<Answer>;
  evict(): Promise<void>;
}

/** A Worker Loader binding: the part that is used here. */
export interface Loader {
  get(id: string, code: () => Promise<WorkerCode>): { getEntrypoint(): unknown };
}

/** What is at hand for running uploaded models. */
export interface SandboxAccess {
  /** Undefined where the deployment has no such binding. */
  loader: Loader | undefined;
  files: Files | undefined;
  /** Is told what an operator should know. */
  error(what: string, fields: Record<string, unknown>): void;
}

// 30 to 130 MB each: four are what a small machine has beside the mesh.
const SANDBOXES_MAX = 4;
// A run that finds all of them in use looks again this often, as in workerd it cannot wait for another's.
const LOOK_MS = 20;
// Others hold a sandbox for a second at most; who has waited this long is better off elsewhere.
const WAIT_MS_MAX = 10_000;
// A second line behind the bounds of a run and the platform's own limit: nobody waits for ever.
const RUN_MS_MAX = 30_000;
// A sandbox may have been ended between two runs, by the platform or by another isolate.
const TRIES_MAX = 2;
// What an engine says may quote a file: enough of it to mend a model by.
const ERROR_CHARS_MAX = 500;

/** The sandboxes of this isolate, which all its engines share. */
const places = new SandboxPlaces(SANDBOXES_MAX);
/** The ids of those whose code the loader has asked for. */
const made = new Set<string>();

/** An engine for uploaded models. */
export class SandboxEngine implements Engine {
  readonly #access: SandboxAccess;
  readonly #parts: Omit<SandboxParts, "model">;

  /** @param parts what every sandbox has: sandbox-parts.ts */
  constructor(access: SandboxAccess, parts: Omit<SandboxParts, "model">) {
    this.#access = access;
    this.#parts = parts;
  }

  /**
   * Runs an uploaded model once; the first run of a sandbox opens the model.
   * @param inputs in any order, checked against the model
   * @returns the outputs in the model's order
   * @throws ModelFailure `no_sandbox` without a loader, `sandboxes_unavailable` where that makes none,
   *   `models_unavailable` where the file is not at hand or
   *   is another one than was uploaded, `overloaded` where no sandbox comes free, else `model_failed`
   * @throws RangeError for a built-in model
   */
  async run({ uploaded }: RunnableModel, inputs: Tensor[]): Promise<Tensor[]> {
    if (!uploaded) throw new RangeError("A built-in model needs no sandbox");
    const { loader, files } = this.#access;
    if (!loader || !files) {
      throw new ModelFailure("no_sandbox", "This deployment runs no uploaded models itself");
    }
    const sent = inputs.map((input) => ({ name: input.name, ...toOnnx(input) }));
    for (let tries = 1;; tries++) {
      const { answer, died, isMade } = await this.#tryOnce(loader, files, uploaded, sent);
      if (answer && "outputs" in answer) {
        return answer.outputs.map((output) => fromOnnx(output.name, output));
      }
      if (answer) throw new ModelFailure("model_failed", cut(answer.error));
      if (tries < TRIES_MAX) continue;
      if (!isMade) {
        this.#access.error("The Worker Loader makes no sandbox", { error: died });
        throw new ModelFailure("sandboxes_unavailable", "The node cannot get a sandbox just now");
      }
      this.#access.error("A sandbox ended in a run", { model: uploaded.object, error: died });
      throw new ModelFailure("model_failed", "The run was ended: it took more than a sandbox has");
    }
  }

  /**
   * One run in one sandbox.
   * @returns the answer, or why the sandbox gave none, and whether it was there at all: a loader asks for the
   *   code of each that it makes
   */
  async #tryOnce(
    loader: Loader,
    files: Files,
    uploaded: UploadedModel,
    inputs: (OnnxTensor & { name: string })[],
  ): Promise<{ answer: Answer | null; died?: unknown; isMade?: boolean }> {
    const name = residentName(uploaded);
    const { id, evicted } = await seatFor(name);
    for (const one of evicted) end(loader, one);
    let broken = true;
    let lost: ModelFailure | undefined;
    const code = async () => {
      made.add(id);
      try {
        const model = await readModelFile(files, uploaded, this.#access.error);
        return workerCode({ ...this.#parts, model });
      } catch (error) {
        // Of what is thrown here, the loader passes on no more than the message.
        if (error instanceof ModelFailure) lost = error;
        throw error;
      }
    };
    try {
      const sandbox = loader.get(id, code).getEntrypoint() as Sandbox;
      const answer = await withDeadline(RUN_MS_MAX, sandbox.run(inputs));
      broken = "error" in answer && answer.broken;
      return { answer };
    } catch (died) {
      if (lost) throw lost;
      return { answer: null, died, isMade: made.has(id) };
    } finally {
      for (const one of places.leave(name, id, broken)) end(loader, one);
    }
  }
}

/** @throws ModelFailure `overloaded` where all sandboxes stay in use */
async function seatFor(name: string) {
  for (let waited = 0; waited < WAIT_MS_MAX; waited += LOOK_MS) {
    const seat = places.take(name);
    if (seat) return seat;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new ModelFailure("overloaded", "All sandboxes of the node's isolate are in use");
}

/** Nobody waits for it; one that is gone already has nothing to end. */
function end(loader: Loader, id: string): void {
  if (!made.delete(id)) return;
  const gone = () => Promise.reject(new Error("The sandbox is gone"));
  const sandbox = loader.get(id, gone).getEntrypoint() as Sandbox;
  sandbox.evict().catch(() => {});
}

const cut = (text: string): string =>
  text.length <= ERROR_CHARS_MAX ? text : `${text.slice(0, ERROR_CHARS_MAX - 3)}...`;
