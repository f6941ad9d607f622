/**
 * Checks an uploaded model from its file alone, and says what it takes and gives. Nothing is run.
 * @module
 */

import type { ModelPort } from "../operations/model-port.ts";
import { checkOperators, nodesOf } from "../operations/count-operations.ts";
import { ModelError, NeedsInputs, quoted } from "../operations/model-error.ts";
import {
  type Model,
  type ModelGraph,
  type ModelNode,
  readModel,
} from "../operations/model-file.ts";
import { isCheckedType } from "../operations/tensor-proto.ts";
import { subgraphsOf } from "../operations/subgraphs.ts";
import { byteSize, STRING, type TensorFact } from "../operations/tensor.ts";
import { DATATYPE_OF } from "./datatypes.ts";
import { demandOf, type Weight } from "./demand.ts";
import type { ModelFacts, PortFacts } from "./facts.ts";
import { DimensionSearch } from "./free-dimensions.ts";
import {
  COUNT_VISITS_MAX,
  FILE_BYTES_MAX,
  IR_VERSION_MAX,
  KEPT_BYTES_MAX,
  NODE_PORTS_MAX,
  OPSETS,
  PORT_NAME_CHARS_MAX,
  PORTS_MAX,
  TEXT_BYTES,
} from "./limits.ts";
import { checkRefused } from "./refused-operators.ts";

/** To read so many nodes takes some 10 ms. */
const STEP_NODES = 1_000;

/** A model with what its checks have found. */
export interface Inspected {
  model: Model;
  facts: ModelFacts;
  weight: Weight;
  /** The longest text that the model itself brings. */
  text_bytes: number;
}

/**
 * Checks everything that can be known of a model before it runs.
 * @param skeleton of the file, as SkeletonReader gave it
 * @param file_bytes the size of the file itself
 * @throws ModelError with the reason, where the model is not accepted
 */
export const inspectModel = (skeleton: Uint8Array, file_bytes: number): ModelFacts =>
  inspect(skeleton, file_bytes).facts;

/** As inspectModel(), for those who go on to count requests. */
export function inspect(skeleton: Uint8Array, file_bytes: number): Inspected {
  const steps = inspecting(skeleton, file_bytes);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * As inspect(), in steps of some 50 ms at most: a model of 10,000 nodes takes ten of them to inspect, and an
 * isolate serves others meanwhile.
 * @param skeleton of the file, as SkeletonReader gave it
 * @param file_bytes the size of the file itself
 * @returns steps; the last one gives what was found
 * @throws ModelError in one of the steps, with the reason, where the model is not accepted
 */
export function* inspecting(
  skeleton: Uint8Array,
  file_bytes: number,
): Generator<void, Inspected> {
  if (file_bytes > FILE_BYTES_MAX) fail(`The file is larger than ${FILE_BYTES_MAX} bytes`);
  const model = readModel(skeleton);
  const nodes = [...nodesOf(model)];
  if (nodes.length > STEP_NODES) yield;
  for (const { type, inputs, outputs } of nodes) {
    const ports = Math.max(inputs.length, outputs.length);
    if (ports > NODE_PORTS_MAX) {
      fail(
        `A node ${
          quoted(type)
        } has ${ports} inputs or outputs: at most ${NODE_PORTS_MAX} are taken`,
      );
    }
  }
  const operators = [...new Set(nodes.map(({ type }) => type))]
    .filter((type) => !model.functions.has(type)).sort();
  checkRefused(operators);
  checkOperators(model);
  checkVersions(model);
  const constants = allConstants(model, nodes);
  constants.forEach(checkConstant);
  const text_bytes = textBytes(constants);
  const weight = {
    file_bytes,
    parameter_bytes: constants.reduce((sum, one) => sum + byteSize(one, text_bytes), 0),
    nodes: nodes.length,
  };
  checkPorts(model.inputs, "input");
  checkPorts(model.outputs, "output");
  if (model.outputs.length === 0) fail("The model has no outputs");
  const inputs = model.inputs.map(portFacts);
  const { base, limits, smallest, largest, misfit } = yield* new DimensionSearch(
    { model, weight, inputs, text_bytes },
  ).run();
  const isOpen = misfit instanceof NeedsInputs;
  if (!base && !isOpen) {
    throw misfit ?? new ModelError("The model has too many nodes to be counted in time");
  }
  const counted = base && demandOf(model, weight, {
    text_bytes,
    budget: { visits: COUNT_VISITS_MAX },
    shapes: shapesOf(inputs, base),
  }).count;
  return {
    model,
    weight,
    text_bytes,
    facts: {
      opset: model.opset,
      nodes: nodes.length,
      operators,
      inputs,
      outputs: model.outputs.map((port, i) => outputFacts(port, counted?.facts[i] ?? null, inputs)),
      parameter_bytes: weight.parameter_bytes,
      deciding: isOpen ? [...misfit.inputs] : counted!.deciding,
      limits,
      demand: smallest && { smallest, largest },
    },
  };
}

/** As inspect(), where the facts have been kept. */
export function reopened(skeleton: Uint8Array, file_bytes: number, facts: ModelFacts): Inspected {
  const model = readModel(skeleton);
  return {
    model,
    facts,
    weight: { file_bytes, parameter_bytes: facts.parameter_bytes, nodes: facts.nodes },
    text_bytes: textBytes(allConstants(model, [...nodesOf(model)])),
  };
}

const textBytes = (constants: readonly TensorFact[]): number =>
  constants.some(({ type }) => type === STRING) ? KEPT_BYTES_MAX : TEXT_BYTES;

const allConstants = (model: Model, nodes: readonly ModelNode[]): TensorFact[] => [
  ...constantsOf(model),
  ...[...model.functions.values()].flatMap((body) => [
    ...constantsOf({ nodes: body.nodes, constants: new Map() }),
  ]),
  ...nodes.flatMap(tensorsOf),
];

function checkVersions({ opset, ir_version }: Model): void {
  if (opset < OPSETS.least || opset > OPSETS.most) {
    fail(
      `The model uses operator set ${opset}: the engine has ${OPSETS.least} to ${OPSETS.most}`,
    );
  }
  if (ir_version > IR_VERSION_MAX) {
    fail(`The file has IR version ${ir_version}: the engine reads up to ${IR_VERSION_MAX}`);
  }
}

function* constantsOf(graph: Pick<ModelGraph, "nodes" | "constants">): Iterable<TensorFact> {
  yield* graph.constants.values();
  for (const node of graph.nodes) {
    for (const inner of subgraphsOf(node)) yield* constantsOf(inner);
  }
}

const tensorsOf = (node: { attributes: Readonly<Record<string, unknown>> }): TensorFact[] =>
  Object.values(node.attributes).filter((value): value is TensorFact =>
    typeof value === "object" && value !== null && "dims" in value
  );

/** How many bytes the file must hold for it is known, and was checked. */
function checkConstant({ type }: TensorFact): void {
  if (!isCheckedType(type)) fail(`A constant has element type ${type}, which is not read`);
}

function checkPorts(ports: readonly ModelPort[], what: string): void {
  if (ports.length > PORTS_MAX) {
    fail(`The model has ${ports.length} ${what}s: at most ${PORTS_MAX} are taken`);
  }
  const names = new Set(ports.map(({ name }) => name));
  if (names.size < ports.length) fail(`Two ${what}s of the model have one name`);
  for (const { name } of ports) {
    if (name.length === 0 || name.length > PORT_NAME_CHARS_MAX || /[\p{Cc}\p{Cf}]/u.test(name)) {
      fail(
        `The name of ${what} ${quoted(name)} must have 1 to ${PORT_NAME_CHARS_MAX} printable ` +
          "characters",
      );
    }
  }
}

function portFacts({ name, type, dims }: ModelPort): PortFacts {
  const datatype = DATATYPE_OF[type];
  if (!datatype) {
    fail(`Input ${quoted(name)} has element type ${type}, which no request can carry`);
  }
  if (!dims) fail(`Input ${quoted(name)} does not say how many dimensions it has`);
  return { name, datatype, dims: dims.map((dim, axis) => dim ?? `${name}.${axis}`) };
}

/** What the file says of an output, as far as the count agrees; what it leaves out, from the count. */
function outputFacts(
  { name, type, dims }: ModelPort,
  counted: TensorFact | null,
  inputs: readonly PortFacts[],
): PortFacts {
  const datatype = DATATYPE_OF[type || (counted?.type ?? 0)];
  if (!datatype) {
    fail(`Output ${quoted(name)} has element type ${type}, which no answer can carry`);
  }
  const isFixed = inputs.every((input) => input.dims.every((dim) => typeof dim === "number"));
  if (!counted) {
    if (!dims) fail(`Output ${quoted(name)} does not say how many dimensions it has`);
    return { name, datatype, dims: dims.map((dim, axis) => dim ?? `${name}.${axis}`) };
  }
  const stated = dims?.length === counted.dims.length ? dims : null;
  return {
    name,
    datatype,
    dims: counted.dims.map((size, axis) => {
      const dim = stated?.[axis];
      if (typeof dim === "string" || (dim === size && !counted.loose)) return dim;
      return isFixed && !counted.loose ? size : `${name}.${axis}`;
    }),
  };
}

/** The shapes of all inputs, for sizes of the free dimensions. */
const shapesOf = (
  inputs: readonly PortFacts[],
  sizes: ReadonlyMap<string, number>,
): Record<string, number[]> =>
  Object.fromEntries(inputs.map(({ name, dims }) => [
    name,
    dims.map((dim) => typeof dim === "number" ? dim : sizes.get(dim)!),
  ]));

function fail(why: string): never {
  throw new ModelError(why);
}
