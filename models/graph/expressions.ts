/**
 * Names for the operators, so that a graph reads like its formulas: `div(sub(a, b), add(a, b))`.
 * The last argument, when a string, names the result: that is how an output is made.
 * @module
 */

import type { Graph, Operand } from "./graph.ts";
import {
  type GraphOperatorName,
  type GraphTensor,
  ONNX_TYPES,
  type OnnxDatatype,
} from "./operators.ts";

export function expressions(graph: Graph) {
  const of =
    (type: GraphOperatorName) => (...operands: [...Operand[]] | [...Operand[], string]) => {
      const as = operands.at(-1);
      return typeof as === "string"
        ? graph.op(type, operands.slice(0, -1) as Operand[], { as })
        : graph.op(type, operands as Operand[]);
    };
  return {
    abs: of("Abs"),
    add: of("Add"),
    and: of("And"),
    clip: of("Clip"),
    div: of("Div"),
    greater: of("Greater"),
    greaterOrEqual: of("GreaterOrEqual"),
    less: of("Less"),
    lessOrEqual: of("LessOrEqual"),
    max: of("Max"),
    min: of("Min"),
    mul: of("Mul"),
    /** The value where it is positive, and 0 where it is not or is NaN. */
    positive: (value: GraphTensor) =>
      graph.op("ThresholdedRelu", [value], { attributes: { alpha: { float: 0 } } }),
    shape: of("Shape"),
    sub: of("Sub"),
    where: of("Where"),
    cast: (value: GraphTensor, to: OnnxDatatype) =>
      graph.op("Cast", [value], { attributes: { to: ONNX_TYPES[to] } }),
    /** The slice at `index` of `axis`, which disappears. */
    pick: (value: GraphTensor, axis: number, index: number) =>
      graph.op("Gather", [value, graph.constant([index], "INT64", [])], { attributes: { axis } }),
    /** Whether all of axis 1 is true; the axis disappears. ReduceMin, as ONNX has no ReduceAnd. */
    all(value: GraphTensor) {
      const least = graph.op("ReduceMin", [this.cast(value, "UINT8")], {
        attributes: { axes: [1], keepdims: 0 },
      });
      return this.cast(least, "BOOL");
    },
    /** The sum along axis 1, which is kept with size 1. */
    sum: (value: GraphTensor) =>
      graph.op("ReduceSum", [value, graph.constant([1], "INT64", [1])], {
        attributes: { keepdims: 1 },
      }),
  };
}
