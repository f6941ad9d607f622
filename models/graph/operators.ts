/**
 * The ONNX operators that the built-in graphs use: what shape and datatype each gives while sizes
 * still have names. Not its job: how many operations each takes (see ../operations/rule.ts).
 * @module
 */

import type { Datatype } from "../../contract/tensor.ts";
import type { OperatorName as CountedOperator } from "../operations/rule.ts";
import type { Dim } from "../outline.ts";

export interface GraphTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly dims: readonly Dim[];
}

/** An integer, a float or integers. */
export type AttributeValue = number | { readonly float: number } | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Operator {
  dims(inputs: readonly GraphTensor[], attributes: Attributes): readonly Dim[];
  datatype(inputs: readonly GraphTensor[], attributes: Attributes): Datatype;
}

/** TensorProto.DataType of onnx.proto3. */
export const ONNX_TYPES = { FP32: 1, UINT8: 2, INT32: 6, INT64: 7, BOOL: 9 } as const;
export type OnnxDatatype = keyof typeof ONNX_TYPES;

const first = (inputs: readonly GraphTensor[]) => inputs[0].datatype;
const bool = (): Datatype => "BOOL";

const elementwise = (datatype: Operator["datatype"]): Operator => ({
  dims: (inputs) => inputs.map((input) => input.dims).reduce(broadcastShape),
  datatype,
});
const arithmetic = elementwise(first);
const comparison = elementwise(bool);

const reduction = (axesAttribute: boolean): Operator => ({
  dims: ([input], attributes) => {
    // From opset 13 ReduceSum takes its axes as an input; all of ours reduce axis 1.
    const axes = axesAttribute ? attributes.axes as readonly number[] : [1];
    return attributes.keepdims === 0
      ? input.dims.filter((_, axis) => !axes.includes(axis))
      : input.dims.map((dim, axis) => axes.includes(axis) ? 1 : dim);
  },
  datatype: first,
});

export const GRAPH_OPERATORS = {
  Abs: arithmetic,
  Add: arithmetic,
  And: comparison,
  Cast: {
    dims: ([input]) => input.dims,
    datatype: (_, attributes) =>
      (Object.keys(ONNX_TYPES) as OnnxDatatype[]).find((t) => ONNX_TYPES[t] === attributes.to)!,
  },
  Clip: arithmetic,
  Div: arithmetic,
  Gather: {
    dims: ([data, index], attributes) =>
      data.dims.toSpliced(attributes.axis as number, 1, ...index.dims),
    datatype: first,
  },
  GatherElements: { dims: ([, index]) => index.dims, datatype: first },
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Max: arithmetic,
  Min: arithmetic,
  Mul: arithmetic,
  ReduceMin: reduction(true),
  ReduceSum: reduction(false),
  Shape: { dims: ([input]) => [input.dims.length], datatype: () => "INT64" },
  Sub: arithmetic,
  ThresholdedRelu: arithmetic,
  // Of matrices only, along axis 1; k is known when the graph runs, so its size is a new symbol.
  TopK: {
    dims: ([input]) => [input.dims[0], "k"],
    datatype: first,
  },
  Where: elementwise((inputs) => inputs[1].datatype),
} satisfies Partial<Record<CountedOperator, Operator>>;

export type GraphOperatorName = keyof typeof GRAPH_OPERATORS;

/** Multidirectional broadcasting of ONNX. */
function broadcastShape(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new RangeError(`Cannot broadcast [${a}] with [${b}]`);
    return x === 1 ? y : x;
  });
}
