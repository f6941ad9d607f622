/**
 * What runs a model on a board. The program's own is native-runner.ts; tests have theirs.
 * @module
 */
import type { BoardModel } from "../contract/board.ts";
import type { Tensor, TensorSpec } from "../contract/tensor.ts";

/**
 * Runs a loaded model once; rejects if it fails.
 * @param outputs names and datatypes, as the mesh expects them
 */
export type RunModel = (
  inputs: readonly Tensor[],
  outputs: readonly Pick<TensorSpec, "name" | "datatype">[],
) => Promise<Tensor[]>;

/** Runs models on this machine. */
export interface Runner {
  /** What it is, for the mesh to show: at most 64 characters. */
  readonly name: string;
  /** Makes a model ready to run; rejects if it cannot be had. */
  load(model: BoardModel): Promise<RunModel>;
}
