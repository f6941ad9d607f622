/**
 * What a node's board must be told of a run of an uploaded model, and whether only a board can run it.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import { outputBytesMax } from "../../durable-objects/node/board/board-engine.ts";
import type { OnBoard } from "../../inference/engine.ts";
import type { ModelSpec } from "../../models/catalogue.ts";

/**
 * Tells a board of a run.
 * @param inputs checked against the specification
 * @param only whether no isolate can run it
 * @returns null for a built-in model, whose specification every node has
 */
export function onBoardOf(
  spec: ModelSpec,
  inputs: readonly Tensor[],
  only: boolean,
): OnBoard | null {
  if (!spec.uploaded) return null;
  const bounds = spec.outputShapes(inputs.map(({ shape }) => shape), inputs);
  const { outputs } = spec;
  return { outputs, bytes_max: outputBytesMax(outputs, bounds), only };
}
