/**
 * Counts what a run of any ONNX model takes, for given shapes of its inputs: shapes are inferred node
 * by node, and every node is counted by the rule in docs/models.md#operations. Nothing is run, and
 * nothing is guessed: what the rule does not cover is an error that names it.
 *
 * @example
 * ```ts
 * import type { ModelPort } from "./model-port.ts";
import { countOperations } from "./count-operations.ts";
 *
 * const count = countOperations(await Deno.readFile("models/onnx/drive-rss.onnx"));
 * count({ state: [9, 6] });
 * // { operations: 540, outputs: { safe_distance_m: [9], brake_mps2: [9] }, byOperator: ... }
 * ```
 * @module
 */

import type { ModelPort } from "./model-port.ts";
import { CONTROL } from "./control-flow.ts";
import { ModelError, quoted } from "./model-error.ts";
import { type Model, type ModelGraph, type ModelNode, readModel } from "./model-file.ts";
import { RULE } from "./rule.ts";
import { subgraphsOf } from "./subgraphs.ts";
import type { OperatorTally } from "./tally.ts";
import {
  byteSize,
  checkDims,
  type Dims,
  factOf,
  isSmall,
  type KnownTensor,
  type TensorFact,
} from "./tensor.ts";
import { Scope, type Walking } from "./scope.ts";
import { walkGraph } from "./walk.ts";

export interface Count {
  operations: number;
  outputs: Record<string, number[]>;
  /** In the order in which the model first uses them. */
  byOperator: Record<string, OperatorTally>;
}

/** A count with what else the walk has found. */
export interface FullCount extends Count {
  /** Of inputs and of all tensors that live at once, the most; without parameters. */
  peak_bytes: number;
  /** How long an isolate's engine takes, about; nanoseconds (engine-time.ts). */
  engine_ns: number;
  /** Outputs in their order, with their types, and whether their sizes depend on data. */
  facts: TensorFact[];
  /** Inputs whose elements decided, or would. */
  deciding: string[];
}

export interface CountOptions {
  /** Elements of inputs, where they are few and known. */
  values?: ReadonlyMap<string, KnownTensor>;
  /** The longest text that an input may hold, in bytes. */
  text_bytes?: number;
  /** Nodes that may be visited, less those that were: shared by counts that belong together. */
  budget?: { visits: number };
}

// Loops within loops, whose iterations are followed one by one, would be visited for ever.
const VISITS_MAX = 500_000;

/** Reads the file once. @returns a function that counts; both throw a ModelError where they cannot */
export function countOperations(onnx: Uint8Array): (shapes: Record<string, number[]>) => Count {
  const model = readModel(onnx);
  checkOperators(model);
  return (shapes) => {
    const { operations, outputs, byOperator } = countModel(model, shapes);
    return { operations, outputs, byOperator };
  };
}

// An error must stay readable, however many operators a file makes up.
const NAMES_MAX = 10;

/** Every node of a model, with those of subgraphs and functions. */
export function* nodesOf(model: Model): Iterable<ModelNode> {
  yield* nodesWithin(model);
  for (const body of model.functions.values()) yield* nodesWithin(body);
}

function* nodesWithin({ nodes }: Pick<ModelGraph, "nodes">): Iterable<ModelNode> {
  for (const node of nodes) {
    yield node;
    for (const graph of subgraphsOf(node)) yield* nodesWithin(graph);
  }
}

/** @throws ModelError that names the operators which the rule does not cover */
export function checkOperators(model: Model): void {
  if (model.opset === 0) fail("The model does not say which opset it uses");
  const strange = new Set<string>();
  for (const { type } of nodesOf(model)) {
    if (!isKnown(type) && !model.functions.has(type)) strange.add(type);
  }
  if (strange.size === 0) return;
  const names = [...strange].slice(0, NAMES_MAX).map(quoted).join(", ");
  throw new ModelError(
    `The rule does not cover ${strange.size} of the model's operators: ${names}`,
  );
}

const isKnown = (type: string): boolean =>
  Object.hasOwn(RULE, type) || Object.hasOwn(CONTROL, type);

/** Counts a model that has been read. @throws ModelError where it cannot be counted for these shapes */
export function countModel(
  model: Model,
  shapes: Record<string, number[]>,
  { values, text_bytes = 0, budget = { visits: VISITS_MAX } }: CountOptions = {},
): FullCount {
  const walking: Walking = { model, text_bytes, budget, deciding: new Set() };
  const scope = new Scope({ outer: null, opset: model.opset, depth: 0 });
  let input_bytes = 0;
  for (const [name, fact] of readShapes(model.inputs, shapes, values)) {
    scope.tensors.set(name, fact);
    input_bytes += byteSize(fact, text_bytes);
  }
  const { tally, outputs } = walkGraph(walking, model, scope);
  return {
    operations: tally.operations,
    outputs: Object.fromEntries(
      model.outputs.map(({ name }, i) => [name, [...outputs[i].dims]]),
    ),
    byOperator: Object.fromEntries(tally.byOperator),
    peak_bytes: input_bytes + tally.peak_bytes,
    engine_ns: tally.engine_ns,
    facts: outputs,
    deciding: [...walking.deciding],
  };
}

function readShapes(
  ports: readonly ModelPort[],
  shapes: Record<string, number[]>,
  values?: ReadonlyMap<string, KnownTensor>,
): [string, TensorFact][] {
  for (const name of Object.keys(shapes)) {
    if (ports.some((port) => port.name === name)) continue;
    const names = ports.map((port) => quoted(port.name)).join(", ");
    fail(`The model has no input ${quoted(name)}: it takes ${names}`);
  }
  const sizes = new Map<string, number>();
  return ports.map((port) => {
    const dims = Object.hasOwn(shapes, port.name) ? shapes[port.name] : statedShape(port);
    const what = `Input ${quoted(port.name)}`;
    checkDims(dims, what);
    const wrong = misfit(port, dims, sizes);
    if (wrong) fail(`${what} has shape [${dims}]: ${wrong}`);
    const known = values?.get(port.name) ?? null;
    const asks = !known && isSmall(dims) ? [port.name] : [];
    return [port.name, { ...factOf({ dims, known, type: port.type }), asks }];
  });
}

/** An input whose shape is fixed needs not be given one. */
function statedShape({ name, dims }: ModelPort): Dims {
  if (dims?.every((dim) => typeof dim === "number")) return dims as Dims;
  const stated = dims ? `[${dims.map((dim) => dim ?? "?")}]` : "any";
  return fail(`Input ${quoted(name)} needs a shape: it is ${stated} in the file`);
}

/** Notes the sizes of named dimensions: the same name is the same size. */
function misfit({ dims }: ModelPort, given: Dims, sizes: Map<string, number>): string | null {
  if (!dims) return null;
  if (dims.length !== given.length) {
    return `it must have ${dims.length} dimensions, not ${given.length}`;
  }
  for (const [axis, dim] of dims.entries()) {
    if (dim === null) continue;
    const want = typeof dim === "number" ? dim : sizes.get(dim) ?? given[axis];
    if (given[axis] !== want) return `dimension ${axis} must be ${want}`;
    if (typeof dim === "string") sizes.set(dim, want);
  }
  return null;
}

function fail(why: string): never {
  throw new ModelError(why);
}
