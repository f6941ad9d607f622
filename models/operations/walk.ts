/**
 * Walks over a graph, node by node, as a run would: infers every shape, counts every node, and follows
 * what lives at the same time. Subgraphs see the names of the graphs around them.
 * @module
 */

import { Call, callLabel } from "./call.ts";
import { CONTROL } from "./control-flow.ts";
import { inferNode } from "./infer-node.ts";
import { livenessOf, livenessOfFunction } from "./liveness.ts";
import { ModelError, quoted } from "./model-error.ts";
import {
  type Attribute,
  DEPTH_MAX,
  type ModelFunction,
  type ModelGraph,
  type ModelNode,
} from "./model-file.ts";
import { product, total } from "./operation-count.ts";
import { type OperatorName, RULE } from "./rule.ts";
import { Scope, type Walking } from "./scope.ts";
import { Tally } from "./tally.ts";
import { BOOL, byteSize, FLOAT, INT64, STRING, type TensorFact } from "./tensor.ts";
import { workspaceBytes } from "./workspace.ts";

/** Walks over a graph whose inputs are in the scope. @returns what it counted, and its outputs */
export function walkGraph(
  walking: Walking,
  graph: ModelGraph,
  scope: Scope,
): { tally: Tally; outputs: TensorFact[] } {
  for (const [name, fact] of graph.constants) scope.tensors.set(name, fact);
  const tally = walkNodes(walking, graph.nodes, scope, livenessOf(graph).dyingAt);
  const outputs = graph.outputs.map(({ name }) =>
    scope.find(name) ?? fail(`Output ${quoted(name)} is made by no node`)
  );
  return { tally, outputs };
}

function walkNodes(
  walking: Walking,
  nodes: readonly ModelNode[],
  scope: Scope,
  dyingAt: readonly (readonly string[])[],
): Tally {
  if (scope.depth > DEPTH_MAX) fail(`Graphs and functions are more than ${DEPTH_MAX} deep`);
  const tally = new Tally();
  const sizes = new Map<string, number>();
  let live = 0;
  nodes.forEach((node, i) => {
    if (--walking.budget.visits < 0) fail("The graph's loops are too many to be counted");
    const resolved = resolve(node, scope);
    const inputs = resolved.inputs.map((name) => name === "" ? null : find(scope, name, node));
    const call = new Call(resolved, inputs, scope.opset);
    const before = tally.peak_bytes;
    tally.peak_bytes = 0;
    const outputs = runNode(walking, call, scope, tally);
    const inner = tally.peak_bytes;
    let made = 0;
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      if (scope.tensors.has(name)) fail(`Tensor ${quoted(name)} is made twice`);
      scope.tensors.set(name, outputs[i]);
      // The constants of a file are counted as its parameters.
      const bytes = node.type === "Constant" ? 0 : byteSize(outputs[i], walking.text_bytes);
      sizes.set(name, bytes);
      made += bytes;
    });
    live += made;
    tally.peak_bytes = Math.max(before, live + inner);
    for (const name of dyingAt[i]) {
      live -= sizes.get(name) ?? 0;
      sizes.delete(name);
    }
  });
  return tally;
}

/** Counts a node, and leaves in the tally's peak what it needs besides its inputs and outputs. */
function runNode(walking: Walking, call: Call, scope: Scope, tally: Tally): TensorFact[] {
  const { node } = call;
  const body = walking.model.functions.get(node.type);
  if (body) return runFunction(walking, { call, body, scope, tally });
  const control = Object.hasOwn(CONTROL, node.type) ? CONTROL[node.type] : undefined;
  if (control) {
    const outputs = control({ walking, walk: walkGraph, call, scope, tally });
    call.checkOutputs(outputs);
    return outputs;
  }
  if (!Object.hasOwn(RULE, node.type)) call.fail("the rule does not cover this operator");
  const outputs = inferNode(call);
  tally.node(
    node.type,
    total(RULE[node.type as OperatorName]<never>({
      inputs: call.inputs.map((input) => input?.dims ?? null),
      outputs: outputs.map((output) => output.dims),
      attributes: node.attributes,
    })),
    workOf(call.inputs, outputs),
  );
  tally.peak_bytes = workspaceBytes(call, outputs, walking.text_bytes);
  return outputs;
}

function workOf(inputs: readonly (TensorFact | null)[], outputs: readonly TensorFact[]) {
  const given = inputs.filter((input) => input !== null);
  const elementsOf = (facts: readonly TensorFact[]) =>
    facts.reduce((sum, { dims }) => sum + product(dims), 0);
  const isText = ({ type }: TensorFact) => type === STRING;
  return {
    elements: elementsOf(outputs.filter((output) => !isText(output))),
    texts: elementsOf([...given, ...outputs].filter(isText)),
    isFloat: given.some(({ type }) => type === FLOAT) &&
      given.every(({ type }) => type === FLOAT || type === BOOL || type === INT64),
  };
}

function runFunction(
  walking: Walking,
  { call, body, scope, tally }: {
    call: Call;
    body: ModelFunction;
    scope: Scope;
    tally: Tally;
  },
): TensorFact[] {
  const { node } = call;
  const attributes = { ...body.attributes, ...node.attributes };
  const inner = new Scope({ outer: null, attributes, opset: body.opset, depth: scope.depth + 1 });
  body.inputs.forEach((name, i) => {
    const input = call.inputs[i];
    if (input) inner.tensors.set(name, input);
  });
  const ran = walkNodes(walking, body.nodes, inner, livenessOfFunction(body).dyingAt);
  tally.inner(ran, 1);
  tally.peak_bytes = ran.peak_bytes;
  const outputs = body.outputs.map((name) =>
    inner.find(name) ?? call.fail(`its output ${quoted(name)} is made by no node`)
  );
  call.checkOutputs(outputs);
  return outputs;
}

/** ONNX wants nodes in an order in which each finds its inputs made; a cycle has none. */
const find = (scope: Scope, name: string, node: ModelNode): TensorFact =>
  scope.find(name) ?? fail(
    `${callLabel(node)} reads ${quoted(name)}, which nothing before it makes`,
  );

/** A node with the attributes that it takes from the function around it. */
function resolve(node: ModelNode, { attributes }: Scope): ModelNode {
  const entries = Object.entries(node.attributes);
  if (!entries.some(([, value]) => isReference(value))) return node;
  const resolved = entries.flatMap(([name, value]): [string, Attribute | null][] => {
    if (!isReference(value)) return [[name, value]];
    // One that the caller leaves out, and that has no default, is left out here, too.
    return Object.hasOwn(attributes, value.refers_to) ? [[name, attributes[value.refers_to]]] : [];
  });
  return { ...node, attributes: Object.fromEntries(resolved) };
}

const isReference = (value: Attribute | null): value is { refers_to: string } =>
  typeof value === "object" && value !== null && "refers_to" in value;

function fail(why: string): never {
  throw new ModelError(why);
}
