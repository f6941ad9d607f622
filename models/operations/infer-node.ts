/**
 * Infers what one node gives: by its operator's rule, and what the rule leaves out from its inputs.
 * @module
 */

import type { Call } from "./call.ts";
import { callLabel } from "./call.ts";
import { checkKernel } from "./kernels.ts";
import { resultType } from "./result-types.ts";
import { OPERATORS } from "./operators.ts";
import type { OperatorName } from "./rule.ts";
import { checkDims, factOf, type Inferred, isSmall, STRING, type TensorFact } from "./tensor.ts";
import { product } from "./operation-count.ts";

/** Operators whose results have no element that their first input has not. */
const PASSES_BOUND = new Set([
  ...["Expand", "Flatten", "Gather", "GatherElements", "Identity", "Reshape", "Slice"],
  ...["Split", "Squeeze", "Transpose", "Unsqueeze", "ReduceMax", "ReduceMin", "Tile", "GatherND"],
]);

export function inferNode(call: Call): TensorFact[] {
  checkKernel(call);
  const inferred = OPERATORS[call.node.type as OperatorName](call);
  call.checkOutputs(inferred);
  const asks = asksOf(call);
  const outputs = inferred.map((one, i) => complete(call, one, i, asks));
  checkTexts(call, outputs);
  return outputs;
}

function complete(call: Call, one: Inferred, i: number, asks: readonly string[]): TensorFact {
  checkDims(one.dims, callLabel(call.node));
  const loose = one.loose ?? call.loose;
  const known = loose ? null : one.known;
  const first = call.inputs[0];
  return {
    dims: one.dims,
    known,
    type: one.type ?? one.known?.type ?? resultType(call, i),
    loose,
    at_most: one.at_most ?? (known ? factOf({ dims: one.dims, known }).at_most : passed(call)),
    asks: known || !isSmall(one.dims) ? [] : one.asks ?? (first ? asks : []),
  };
}

const passed = ({ node, inputs }: Call): number =>
  PASSES_BOUND.has(node.type) ? inputs[0]?.at_most ?? Infinity : Infinity;

/** The inputs of the model from which the result follows, where all that goes in does. */
function asksOf({ inputs }: Call): string[] {
  const names = new Set<string>();
  for (const input of inputs) {
    if (!input || input.known) continue;
    if (input.asks.length === 0) return [];
    for (const name of input.asks) names.add(name);
  }
  return [...names];
}

/** A text may be long: copies of it, element by element, would outgrow any bound on elements. */
function checkTexts(call: Call, outputs: readonly TensorFact[]): void {
  const elements = (facts: readonly (TensorFact | null)[]) =>
    facts.reduce((n, one) => n + (one?.type === STRING ? product(one.dims) : 0), 0);
  const made = elements(outputs);
  // Of numbers, texts are short.
  if (made === 0 || call.node.type.startsWith("Cast")) return;
  if (made > elements(call.inputs)) call.fail("it would multiply texts, whose length has no bound");
}
