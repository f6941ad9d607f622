/**
 * What runs a model. Several engines stand behind this one interface.
 * @module
 */
import type { ProblemCode } from "../contract/problem.ts";
import type { Tensor, TensorSpec } from "../contract/tensor.ts";
import type { UploadedModel } from "../contract/uploaded-model.ts";
import type { ModelSpec } from "../models/catalogue.ts";

/** A model as a node's queue and its engines need it. */
export type RunnableModel =
  /** Built in: asks may be joined, and a large run cut, as its specification says. */
  | { spec: ModelSpec; uploaded: null; onBoard?: undefined }
  /** A tenant's: each ask is one run. Its specification stays where the ask was checked. */
  | { spec: null; uploaded: UploadedModel; onBoard?: OnBoard };

/** What is known of one run of an uploaded model, for a board that may run it. */
export interface OnBoard {
  /** What the model gives; -1 in a shape: any size, as far as the bytes let it. */
  outputs: readonly TensorSpec[];
  /** How many bytes the outputs have together at most. */
  bytes_max: number;
  /** Whether an isolate cannot run it. */
  only: boolean;
}

/** A built-in model as an engine takes it. */
export const builtIn = (spec: ModelSpec): RunnableModel => ({ spec, uploaded: null });

/** A tenant's model as an engine takes it. */
export const uploadedRun = (uploaded: UploadedModel, onBoard?: OnBoard): RunnableModel => ({
  spec: null,
  uploaded,
  onBoard,
});

/** Runs models. */
export interface Engine {
  /**
   * Runs a model once. Names, datatypes and shapes have been checked against its specification.
   * @param options `signal` is aborted where nobody waits for the outputs any more
   * @returns the outputs in the model's order
   * @throws ModelFailure where the model itself is at fault, or nothing at hand can run it
   */
  run(
    model: RunnableModel,
    inputs: Tensor[],
    options?: { signal?: AbortSignal },
  ): Promise<Tensor[]>;
}

/**
 * Why a run gave nothing, where another node would do no better. `model_failed`: the model cannot compute
 * these inputs. `no_sandbox`: the deployment has none for uploaded models. `sandboxes_unavailable`: its
 * loader makes none just now. `models_unavailable`: the file is not at hand, or is not what was uploaded.
 * `overloaded`: too many of them run at once.
 */
export type Failure = Extract<
  ProblemCode,
  "model_failed" | "no_sandbox" | "sandboxes_unavailable" | "models_unavailable" | "overloaded"
>;

/** A run that failed for a reason that its caller should hear. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";

  /** @param message a sentence without its period, for the caller; it may quote what the engine says */
  constructor(readonly failure: Failure, message: string) {
    super(message);
  }
}
