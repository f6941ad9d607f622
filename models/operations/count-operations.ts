/**
 * Counts what a run of any ONNX model takes, for given shapes of its inputs: shapes are inferred node
 * by node, and every node is counted by the rule in docs/models.md#operations. Nothing is run, and
 * nothing is guessed: what the rule does not cover is an error that names it.
 *
 * @example
 * ```ts
 * import { countOperations } from "./count-operations.ts";
 *
 * const count = countOperations(await Deno.readFile("models/onnx/drive-rss.onnx"));
 * count({ state: [9, 6] });
 * // { operations: 540, outputs: { safe_distance_m: [9], brake_mps2: [9] }, byOperator: ... }
 * ```
 * @module
 */

import { Call, callLabel } from "./call.ts";
import { type Model, type ModelNode, type ModelPort, readModel } from "./model-file.ts";
import { ModelError, quoted } from "./model-error.ts";
import { OPERATORS } from "./operators.ts";
import { type OperatorName, RULE } from "./rule.ts";
import { checkDims, type Dims, shaped, type TensorFact } from "./tensor.ts";
import { total } from "./operation-count.ts";

export interface Count {
  operations: number;
  outputs: Record<string, number[]>;
  /** In the order in which the model first uses them. */
  byOperator: Record<string, { nodes: number; operations: number }>;
}

/** Reads the file once. @returns a function that counts; both throw a ModelError where they cannot */
export function countOperations(onnx: Uint8Array): (shapes: Record<string, number[]>) => Count {
  const model = readModel(onnx);
  const strange = new Set(model.nodes.map((node) => node.type).filter((type) => !isKnown(type)));
  if (strange.size > 0) {
    const names = [...strange].slice(0, NAMES_MAX).map(quoted).join(", ");
    throw new ModelError(
      `The rule does not cover ${strange.size} of the model's operators: ${names}`,
    );
  }
  return (shapes) => count(model, shapes);
}

// An error must stay readable, however many operators a file makes up.
const NAMES_MAX = 10;

const isKnown = (type: string): type is OperatorName => Object.hasOwn(RULE, type);

function count(model: Model, shapes: Record<string, number[]>): Count {
  const tensors = new Map([...model.constants, ...readShapes(model.inputs, shapes)]);
  const byOperator = new Map<string, { nodes: number; operations: number }>();
  let operations = 0;
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => name === "" ? null : find(tensors, name, node));
    const outputs = infer(node, inputs, model.opset);
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      if (tensors.has(name)) throw new ModelError(`Tensor ${quoted(name)} is made twice`);
      tensors.set(name, outputs[i]);
    });
    const own = total(RULE[node.type as OperatorName]<never>({
      inputs: inputs.map((input) => input?.dims ?? null),
      outputs: outputs.map((output) => output.dims),
      attributes: node.attributes,
    }));
    operations = total([{ count: operations, of: [] }, { count: own, of: [] }]);
    const sum = byOperator.get(node.type) ?? { nodes: 0, operations: 0 };
    byOperator.set(node.type, { nodes: sum.nodes + 1, operations: sum.operations + own });
  }
  const outputs = model.outputs.map(({ name }): [string, number[]] => {
    const made = tensors.get(name) ?? fail(`Output ${quoted(name)} is made by no node`);
    return [name, [...made.dims]];
  });
  return {
    operations,
    outputs: Object.fromEntries(outputs),
    byOperator: Object.fromEntries(byOperator),
  };
}

/** ONNX wants nodes in an order in which each finds its inputs made; a cycle has none. */
const find = (
  tensors: ReadonlyMap<string, TensorFact>,
  name: string,
  node: ModelNode,
): TensorFact =>
  tensors.get(name) ?? fail(
    `${callLabel(node)} reads ${quoted(name)}, which nothing before it makes`,
  );

function infer(node: ModelNode, inputs: (TensorFact | null)[], opset: number): TensorFact[] {
  const call = new Call(node, inputs, opset);
  const outputs = OPERATORS[node.type as OperatorName](call);
  if (node.outputs.length === 0 || node.outputs.length > outputs.length) {
    call.fail(`${node.outputs.length} outputs are asked of it, and it has ${outputs.length}`);
  }
  for (const { dims } of outputs) checkDims(dims, callLabel(node));
  return outputs;
}

function readShapes(
  ports: readonly ModelPort[],
  shapes: Record<string, number[]>,
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
    return [port.name, shaped(dims)];
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
