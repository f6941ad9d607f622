/**
 * An uploaded model as the rest of the mesh knows models: by its specification.
 * @module
 */

import type { Tensor } from "../../contract/tensor.ts";
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import type { ModelSpec } from "../catalogue.ts";
import { ModelError, NeedsInputs, quoted } from "../operations/model-error.ts";
import { KNOWN_MAX, type KnownTensor } from "../operations/tensor.ts";
import { DATATYPE_OF } from "./datatypes.ts";
import { demandOf } from "./demand.ts";
import type { ModelFacts, PortFacts } from "./facts.ts";
import { inspect, type Inspected, reopened } from "./inspect.ts";
import { COUNT_VISITS_MAX, type Demand } from "./limits.ts";

/** The specification of an uploaded model: what a request takes is counted from its graph. */
export interface UploadedSpec extends ModelSpec {
  uploaded: UploadedModel;
  facts: ModelFacts;
  /**
   * What a run takes: whether an isolate can have it, says fits(demand, SANDBOX) of limits.ts.
   * @param inputShapes in the model's order
   * @param inputs the same inputs in the same order; needed where `facts.deciding` names any, or texts
   *   are taken
   * @throws ModelError where shapes do not fit, or a run would take more than HARDWARE of limits.ts
   */
  demand(inputShapes: number[][], inputs?: readonly Tensor[]): Demand;
}

interface Counted {
  demand: Demand;
  outputShapes: number[][];
}

const MEBIBYTE = 2 ** 20;

/** Datatypes whose elements are numbers in a tensor as it is carried. */
const NUMBERS = new Set<Tensor["datatype"]>([
  ...["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"] as const,
  ...["FP32", "FP64"] as const,
]);

// A tenant asks for a few shapes over and over; what decides about shapes may differ in each request.
const REMEMBERED_MAX = 32;

/**
 * Makes the specification.
 * @param skeleton of the file, as SkeletonReader gave it
 * @param uploaded the version that it is of
 * @param known what inspectModel() found in the same skeleton, where it was kept: it takes a second to find
 * @throws ModelError as inspectModel() does
 */
export function uploadedSpec(
  skeleton: Uint8Array,
  uploaded: UploadedModel,
  known?: ModelFacts,
): UploadedSpec {
  const inspected = known
    ? reopened(skeleton, uploaded.file_bytes, known)
    : inspect(skeleton, uploaded.file_bytes);
  const { facts } = inspected;
  const count = remembering(inspected);
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
    operations: (shapes, inputs) => count(shapes, inputs).demand.operations,
    outputShapes: (shapes, inputs) => count(shapes, inputs).outputShapes,
    demand: (shapes, inputs) => count(shapes, inputs).demand,
  };
}

const tensorSpec = ({ name, datatype, dims }: PortFacts) => ({
  name,
  datatype,
  shape: dims.map((dim) => typeof dim === "number" ? dim : -1),
});

/** Counts each request once, however often it is asked about. */
function remembering(
  inspected: Inspected,
): (shapes: number[][], inputs?: readonly Tensor[]) => Counted {
  const remembered = new Map<string, Counted>();
  const deciding = new Set(inspected.facts.deciding);
  return (shapes, inputs = []) => {
    for (;;) {
      const values = valuesOf(inspected.facts, deciding, inputs);
      const text_bytes = Math.max(inspected.text_bytes, ...inputs.map(longestText));
      const key = JSON.stringify([shapes, [...values], text_bytes]);
      const known = remembered.get(key);
      if (known) return known;
      try {
        const counted = countRequest(inspected, { shapes, values, text_bytes });
        const [oldest] = remembered.keys();
        if (remembered.size >= REMEMBERED_MAX) remembered.delete(oldest);
        remembered.set(key, counted);
        return counted;
      } catch (error) {
        // With what it asks for it gets further; and it asks for each input once.
        const asked = error instanceof NeedsInputs && inputs.length > 0
          ? error.inputs.filter((name) => !deciding.has(name))
          : [];
        if (asked.length === 0) throw error;
        for (const name of asked) deciding.add(name);
      }
    }
  };
}

function countRequest(
  { model, weight, facts }: Inspected,
  { shapes, values, text_bytes }: {
    shapes: number[][];
    values: ReadonlyMap<string, KnownTensor>;
    text_bytes: number;
  },
): Counted {
  const named = Object.fromEntries(facts.inputs.map(({ name }, i) => [name, shapes[i]]));
  const { demand, count } = demandOf(model, weight, {
    shapes: named,
    values,
    text_bytes,
    budget: { visits: COUNT_VISITS_MAX },
  });
  return { demand, outputShapes: facts.outputs.map(({ name }) => count.outputs[name]) };
}

function longestText({ data }: Tensor): number {
  return Array.isArray(data) ? data.reduce((most, text) => Math.max(most, text.length), 0) : 0;
}

/** Elements of the inputs that decide about shapes or trip counts. */
function valuesOf(
  { inputs: ports }: ModelFacts,
  deciding: ReadonlySet<string>,
  inputs: readonly Tensor[],
): Map<string, KnownTensor> {
  const values = new Map<string, KnownTensor>();
  for (const name of deciding) {
    const i = ports.findIndex((port) => port.name === name);
    const input = inputs[i];
    if (!input || !NUMBERS.has(input.datatype)) continue;
    if (input.data.length > KNOWN_MAX) {
      throw new ModelError(
        `Input ${quoted(name)} decides about shapes, and has more than ${KNOWN_MAX} elements`,
      );
    }
    const { datatype } = ports[i];
    const type = Number(Object.keys(DATATYPE_OF).find((key) => DATATYPE_OF[+key] === datatype));
    values.set(name, {
      type,
      values: Array.from(input.data as ArrayLike<number | bigint>, Number),
    });
  }
  return values;
}
