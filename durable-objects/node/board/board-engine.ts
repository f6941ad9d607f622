/**
 * Runs models on the node's board if one is attached and has room, and else in the isolate, if the
 * isolate may run them. What the board is paid for is decided before either has run.
 * @module
 */
import type { BoardModel, Measured } from "../../../contract/board.ts";
import { elementsOf } from "../../../contract/board-frames.ts";
import { elementBytes, type Tensor, type TensorSpec } from "../../../contract/tensor.ts";
import type { Engine, RunnableModel } from "../../../inference/engine.ts";
import type { BoardAttachment } from "./board-attachment.ts";
import type { BoardOutcome, BoardRun } from "./board-session.ts";

// An isolate runs the model if the board does not, so the ask need not wait long for a board that lags.
const WITHIN_MS = 5_000;
// A board may have to fetch 95 MB first, and what no isolate can run takes its time.
const WITHIN_MS_ALONE = 60_000;
// What an output of text may have: its shape does not tell how long the texts are.
const TEXT_BYTES_MAX = 2 ** 20;

/** A run that needed a board, and whose board has gone, failed or was late: another node may have one. */
export class BoardGone extends Error {
  override readonly name = "BoardGone";
}

const measuredByBoard = new WeakMap<Tensor[], Measured>();

/**
 * What the board measured of the run that gave these outputs.
 * @param outputs as run() of a BoardEngine gave them
 * @returns null for a run in the isolate, or one of joined asks, which is none of theirs alone
 */
export const measuredOf = (outputs: Tensor[]): Measured | null =>
  measuredByBoard.get(outputs) ?? null;

/** The engine of one node's object. */
export class BoardEngine implements Engine {
  readonly #isolate: Engine;
  readonly #board: Pick<BoardAttachment, "takes" | "run">;

  constructor(isolate: Engine, board: Pick<BoardAttachment, "takes" | "run">) {
    this.#isolate = isolate;
    this.#board = board;
  }

  /**
   * Runs a model once, as Engine.run() says.
   * @throws BoardGone if only a board can run the model, and none has; it is not the model's failure
   */
  async run(
    model: RunnableModel,
    inputs: Tensor[],
    options?: { signal?: AbortSignal },
  ): Promise<Tensor[]> {
    const run = boardRunOf(model, inputs);
    const outcome: BoardOutcome | null = run && this.#board.takes(run)
      ? await this.#board.run(run)
      : null;
    if (outcome?.ok) {
      measuredByBoard.set(outcome.outputs, outcome.measured);
      return outcome.outputs;
    }
    if (model.onBoard?.only) throw new BoardGone(outcome?.why ?? "No board has room for the run");
    return await this.#isolate.run(model, inputs, options);
  }
}

/** @returns null for an uploaded model of a release that does not say what a board must know */
function boardRunOf(model: RunnableModel, inputs: Tensor[]): BoardRun | null {
  if (model.spec) {
    const { name, version, outputs, outputShapes } = model.spec;
    const shapes = outputShapes(inputs.map(({ shape }) => shape));
    const exact = outputs.map((output, i) => ({ ...output, shape: shapes[i] }));
    return {
      model: { kind: "built-in", name, version },
      inputs,
      outputs: exact,
      bytes_max: outputBytesMax(outputs, shapes),
      within_ms: WITHIN_MS,
    };
  }
  const { uploaded: { sha256, file_bytes, object }, onBoard } = model;
  if (!onBoard) return null;
  const { outputs, bytes_max, only } = onBoard;
  const boardModel: BoardModel = { kind: "uploaded", sha256, file_bytes };
  const within_ms = only ? WITHIN_MS_ALONE : WITHIN_MS;
  return { model: boardModel, object, inputs, outputs, bytes_max, within_ms };
}

/**
 * How many bytes the outputs of a run can have.
 * @param shapes of the outputs, or what bounds them
 * @returns bytes, in the form of board-frames.ts
 */
export function outputBytesMax(
  outputs: readonly Pick<TensorSpec, "datatype">[],
  shapes: readonly (readonly number[])[],
): number {
  return outputs.reduce((sum, { datatype }, i) => {
    const element = elementBytes(datatype);
    return sum + (element === null ? TEXT_BYTES_MAX : elementsOf(shapes[i]) * element);
  }, 0);
}
