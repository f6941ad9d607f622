/**
 * The ONNX operators that the built-in graphs use: what shape and datatype each gives, and how many
 * arithmetic operations it takes.
 *
 * Counting rule: an addition, multiplication, division, comparison, logical operation, absolute
 * value or selection is one operation per element; a reduction is one per element reduced; a sort
 * of n is n * ceil(log2 n) comparisons. Moving data (Gather, Shape, Cast) is none.
 * @module
 */

import type { Datatype } from "../../contract/tensor.ts";
import type { Cost, Dim } from "../outline.ts";

export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly dims: readonly Dim[];
}

export type Attributes = Readonly<Record<string, number | readonly number[]>>;

export interface Operator {
  dims(inputs: readonly Tensor[], attributes: Attributes): readonly Dim[];
  datatype(inputs: readonly Tensor[], attributes: Attributes): Datatype;
  cost(inputs: readonly Tensor[], output: Tensor): Cost;
}

/** TensorProto.DataType of onnx.proto3. */
export const ONNX_TYPES = { FP32: 1, UINT8: 2, INT32: 6, INT64: 7, BOOL: 9 } as const;
export type OnnxDatatype = keyof typeof ONNX_TYPES;

const first = (inputs: readonly Tensor[]) => inputs[0].datatype;
const bool = (): Datatype => "BOOL";
const free = (): Cost => ({ count: 0, of: [] });

const elementwise = (each: (inputs: number) => number, datatype = first): Operator => ({
  dims: (inputs) => inputs.map((input) => input.dims).reduce(broadcast),
  datatype,
  cost: (inputs, output) => perElement(output.dims, each(inputs.length)),
});
const unary = elementwise(() => 1);
const binary = elementwise(() => 1);
const variadic = elementwise((inputs) => inputs - 1);
const comparison = elementwise(() => 1, bool);

const reduction = (axesAttribute: boolean): Operator => ({
  dims: ([input], attributes) => {
    // From opset 13 ReduceSum takes its axes as an input; all of ours reduce axis 1.
    const axes = axesAttribute ? attributes.axes as readonly number[] : [1];
    return attributes.keepdims === 0
      ? input.dims.filter((_, axis) => !axes.includes(axis))
      : input.dims.map((dim, axis) => axes.includes(axis) ? 1 : dim);
  },
  datatype: first,
  cost: ([input]) => perElement(input.dims, 1),
});

export const OPERATORS = {
  Abs: unary,
  Add: binary,
  And: comparison,
  Cast: {
    dims: ([input]) => input.dims,
    datatype: (_, attributes) =>
      (Object.keys(ONNX_TYPES) as OnnxDatatype[]).find((t) => ONNX_TYPES[t] === attributes.to)!,
    cost: free,
  },
  // Two comparisons an element; its bounds are scalars.
  Clip: { ...unary, cost: (_, output) => perElement(output.dims, 2) },
  Div: binary,
  Gather: {
    dims: ([data, index], attributes) =>
      data.dims.toSpliced(attributes.axis as number, 1, ...index.dims),
    datatype: first,
    cost: free,
  },
  GatherElements: { dims: ([, index]) => index.dims, datatype: first, cost: free },
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Max: variadic,
  Min: variadic,
  Mul: binary,
  ReduceMin: reduction(true),
  ReduceSum: reduction(false),
  Shape: { dims: ([input]) => [input.dims.length], datatype: () => "INT64", cost: free },
  Sub: binary,
  // Of matrices only, along axis 1; k is known when the graph runs, so its size is a new symbol.
  TopK: {
    dims: ([input]) => [input.dims[0], "k"],
    datatype: first,
    cost: ([input]) => ({ ...perElement(input.dims, 1), log2: input.dims[1] as string }),
  },
  Where: elementwise(() => 1, (inputs) => inputs[1].datatype),
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;

/** `count` operations for each element of a tensor of these dimensions. */
function perElement(dims: readonly Dim[], count: number): Cost {
  const fixed = dims.filter((dim) => typeof dim === "number");
  const of = dims.filter((dim) => typeof dim === "string");
  return { count: fixed.reduce((a, b) => a * b, count), of };
}

/** Multidirectional broadcasting of ONNX. */
function broadcast(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new RangeError(`Cannot broadcast [${a}] with [${b}]`);
    return x === 1 ? y : x;
  });
}
