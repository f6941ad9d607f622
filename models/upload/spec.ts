/**
 * An uploaded model as the rest of the mesh knows models: by its specification.
 * @module
 */

import type { Tensor } from "../../contract/tensor.ts";
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import type { ModelSpec } from "../catalogue.ts";
import { countOperations } from "../operations/count-operations.ts";
import type { Dim } from "../outline.ts";
import type { ModelFacts, PortFacts } from "./facts.ts";
import { inspectModel } from "./inspect.ts";
import type { Demand } from "./limits.ts";

/** The specification of an uploaded model: what a request takes is counted from its graph. */
export interface UploadedSpec extends ModelSpec {
  uploaded: UploadedModel;
  facts: ModelFacts;
  /**
   * What a run takes: whether an isolate can have it, says fits(demand, SANDBOX) of limits.ts.
   * @param inputShapes in the model's order
   * @param inputs the same inputs; needed where `facts.deciding` names any
   * @throws ModelError where shapes do not fit, or a run would take more than HARDWARE of limits.ts
   */
  demand(inputShapes: number[][], inputs?: readonly Tensor[]): Demand;
}

const MEBIBYTE = 2 ** 20;

/**
 * Makes the specification.
 * @param skeleton of the file, as SkeletonReader gave it
 * @param uploaded the version that it is of
 * @throws ModelError as inspectModel() does
 */
export function uploadedSpec(skeleton: Uint8Array, uploaded: UploadedModel): UploadedSpec {
  const facts = inspectModel(skeleton, uploaded.file_bytes);
  const count = countOperations(skeleton);
  const shapesOf = (shapes: number[][]) =>
    Object.fromEntries(facts.inputs.map(({ name }, i) => [name, shapes[i]]));
  return {
    name: uploaded.name,
    version: uploaded.version,
    title: uploaded.name,
    description: `${facts.nodes} nodes of ${facts.operators.length} operators, uploaded by its ` +
      "tenant",
    platform: "onnxruntime_onnx",
    inputs: facts.inputs.map(tensorSpec),
    outputs: facts.outputs.map(tensorSpec),
    dims: facts.inputs.map(({ dims }) => dims),
    output_dims: facts.outputs.map(({ dims }) => dims),
    batch: null,
    tile: null,
    limits: facts.limits,
    memory_bytes: Math.ceil(uploaded.file_bytes / MEBIBYTE) * MEBIBYTE,
    file_bytes: uploaded.file_bytes,
    uploaded,
    facts,
    operations: (shapes) => count(shapesOf(shapes)).operations,
    outputShapes(shapes) {
      const { outputs } = count(shapesOf(shapes));
      return facts.outputs.map(({ name }) => outputs[name]);
    },
    demand: (shapes) => ({ operations: count(shapesOf(shapes)).operations, memory_bytes: 0 }),
  };
}

const tensorSpec = ({ name, datatype, dims }: PortFacts) => ({
  name,
  datatype,
  shape: dims.map((dim: Dim) => typeof dim === "number" ? dim : -1),
});
