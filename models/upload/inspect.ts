/**
 * Checks an uploaded model from its file alone, and says what it takes and gives. Nothing is run.
 * @module
 */

import { ModelError, quoted } from "../operations/model-error.ts";
import { type ModelPort, readModel } from "../operations/model-file.ts";
import { countOperations } from "../operations/count-operations.ts";
import { DATATYPE_OF } from "./datatypes.ts";
import type { ModelFacts, PortFacts } from "./facts.ts";

/**
 * Checks everything that can be known of a model before it runs.
 * @param skeleton of the file, as SkeletonReader gave it
 * @param _file_bytes the size of the file itself
 * @throws ModelError with the reason, where the model is not accepted
 */
export function inspectModel(skeleton: Uint8Array, _file_bytes: number): ModelFacts {
  const model = readModel(skeleton);
  countOperations(skeleton);
  return {
    opset: model.opset,
    nodes: model.nodes.length,
    operators: [...new Set(model.nodes.map(({ type }) => type))].sort(),
    inputs: model.inputs.map(portFacts),
    outputs: model.outputs.map(portFacts),
    parameter_bytes: 0,
    deciding: [],
    limits: [],
    demand: null,
  };
}

function portFacts({ name, type, dims }: ModelPort): PortFacts {
  const datatype = DATATYPE_OF[type];
  if (!datatype) throw new ModelError(`${quoted(name)} has a datatype that no request can carry`);
  if (!dims) throw new ModelError(`${quoted(name)} does not say how many dimensions it has`);
  return { name, datatype, dims: dims.map((dim, axis) => dim ?? `${name}.${axis}`) };
}
