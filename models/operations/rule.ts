/**
 * The one rule by which operations are counted, both of the graphs that we build and of the files
 * that we read: each operation in ONNX's definition of an operator, once per element it applies to.
 * Published in docs/models.md#operations; a test holds the two together.
 *
 * Shapes may hold names where a size is not known yet: the terms then hold them, too.
 * Not its job: which shape an operator gives (see operators.ts).
 * @module
 */

import type { Term } from "./operation-count.ts";

type Size<S extends string> = number | S;

export interface Shapes<S extends string = never> {
  /** Null where an optional input is left out. */
  readonly inputs: readonly (readonly Size<S>[] | null | undefined)[];
  readonly outputs: readonly (readonly Size<S>[])[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type CostRule = <S extends string>(shapes: Shapes<S>) => Term<S>[];

/** Data is only moved, or made by copying. */
const moves: CostRule = () => [];

const perResult = (count: number): CostRule => ({ outputs: [y] }) => [{ count, of: y }];
const [one, two, three, four, five, six, seven, nine] = [1, 2, 3, 4, 5, 6, 7, 9].map(perResult);

/** a + b + c: one less than there are inputs. */
const between: CostRule = ({ inputs, outputs: [y] }) => [{ count: inputs.length - 1, of: y }];

/** So many for each element that goes in, so many more for each that comes out. */
const reduction =
  (perElement: number, perResult = 0): CostRule => ({ inputs: [x], outputs: [y] }) => [
    { count: perElement, of: x! },
    { count: perResult, of: y },
  ];

/** A multiplication and an addition for each weight that meets an element, padding included. */
const convolution: CostRule = ({ inputs: [, w, bias], outputs: [y] }) => [
  { count: 2, of: [...y, ...w!.slice(1)] },
  { count: bias ? 1 : 0, of: y },
];

/** Seen from the input: each of its elements meets every weight of its channel once. */
const transposedConvolution: CostRule = ({ inputs: [x, w, bias], outputs: [y] }) => [
  { count: 2, of: [...x!, ...w!.slice(1)] },
  { count: bias ? 1 : 0, of: y },
];

const matrixProduct: CostRule = ({ inputs: [a], outputs: [y] }) => [
  { count: 2, of: [...y, a!.at(-1)!] },
];

const gemm: CostRule = ({ inputs: [a, , c], outputs: [y], attributes }) => [
  { count: 2, of: [...y, a![integer(attributes.transA, 0) === 0 ? 1 : 0]] },
  { count: integer(attributes.alpha, 1) === 1 ? 0 : 1, of: y },
  { count: c && integer(attributes.beta, 1) !== 1 ? 1 : 0, of: c ?? [] },
  { count: c ? 1 : 0, of: y },
];

/** Every element of every window, padding included. */
const pooling = (perResult: number): CostRule => ({ outputs: [y], attributes }) => [
  { count: 1, of: [...y, ...attributes.kernel_shape as readonly number[]] },
  { count: perResult, of: y },
];

/** Mean and variance over the last dimensions; per row two divisions, addition, root, reciprocal. */
const layerNormalization: CostRule = ({ inputs: [x, , bias], attributes }) => [
  { count: bias ? 7 : 6, of: x! },
  { count: 5, of: x!.slice(0, integer(attributes.axis, -1)) },
];

/** Sum, distance, its square, their sum, scale, quotient, bias; per group two divisions, addition, root. */
const instanceNormalization: CostRule = ({ inputs: [x] }) => [
  { count: 7, of: x! },
  { count: 4, of: x!.slice(0, 2) },
];
const groupNormalization: CostRule = ({ inputs: [x], attributes }) => [
  { count: 7, of: x! },
  { count: 4, of: [x![0], integer(attributes.num_groups, 1)] },
];

const batchNormalization: CostRule = ({ inputs: [x, scale] }) => [
  { count: 4, of: x! },
  { count: 2, of: scale! },
];

/** A comparison for each bound that is given. */
const clip: CostRule = ({ inputs: [, min, max], outputs: [y], attributes }) => {
  const bounds = [min ?? attributes.min, max ?? attributes.max];
  return [{ count: bounds.filter((bound) => bound !== undefined && bound !== null).length, of: y }];
};

/** n ceil(log2 n) comparisons. */
const sort: CostRule = ({ inputs: [x], attributes }) => [
  { count: 1, of: x!, log2: x!.at(integer(attributes.axis, -1))! },
];

/** Only what is combined with what was there before takes an operation. */
const scatter: CostRule = ({ inputs: [, , updates], attributes }) => [
  { count: (attributes.reduction ?? "none") === "none" ? 0 : 1, of: updates! },
];

/** A multiplication and an addition for each neighbour, of 2 or 4 along each axis that changes. */
const resize: CostRule = ({ inputs: [x], outputs: [y], attributes }) => {
  const neighbours = { linear: 2, cubic: 4 }[attributes.mode as string];
  if (neighbours === undefined) return [];
  const axes = y.filter((size, axis) => size !== x![axis]).length;
  return [{ count: axes === 0 ? 0 : 2 * neighbours ** axes, of: y }];
};

/** Its square, the sum of those around it, and factor, bias, power, quotient. */
const localNormalization: CostRule = ({ inputs: [x], attributes }) => [
  { count: 5 + integer(attributes.size, 0), of: x! },
];

const quantization = (operations: number): CostRule => ({ inputs: [, , zero], outputs: [y] }) => [
  { count: operations + (zero ? 1 : 0), of: y },
];

const integer = (attribute: unknown, otherwise: number): number =>
  typeof attribute === "number" ? attribute : otherwise;

export const RULE = {
  Abs: one,
  Acos: one,
  Acosh: one,
  Add: one,
  And: one,
  ArgMax: reduction(1),
  ArgMin: reduction(1),
  Asin: one,
  Asinh: one,
  Atan: one,
  Atanh: one,
  AveragePool: pooling(1),
  BatchNormalization: batchNormalization,
  BitwiseAnd: one,
  BitwiseNot: one,
  BitwiseOr: one,
  BitwiseXor: one,
  Cast: moves,
  CastLike: moves,
  Ceil: one,
  Celu: seven,
  Clip: clip,
  Concat: moves,
  Constant: moves,
  ConstantOfShape: moves,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  Cos: one,
  Cosh: one,
  CumSum: one,
  DepthToSpace: moves,
  DequantizeLinear: quantization(1),
  Div: one,
  Dropout: moves,
  Elu: five,
  Equal: one,
  Erf: one,
  Exp: one,
  Expand: moves,
  Flatten: moves,
  Floor: one,
  Gather: moves,
  GatherElements: moves,
  GatherND: moves,
  Gelu: (shapes) => (shapes.attributes.approximate === "tanh" ? nine : five)(shapes),
  Gemm: gemm,
  GlobalAveragePool: reduction(1, 1),
  GlobalMaxPool: reduction(1),
  Greater: one,
  GreaterOrEqual: one,
  GroupNormalization: groupNormalization,
  HardSigmoid: four,
  HardSwish: five,
  Identity: moves,
  InstanceNormalization: instanceNormalization,
  IsInf: one,
  IsNaN: one,
  LayerNormalization: layerNormalization,
  LeakyRelu: three,
  Less: one,
  LessOrEqual: one,
  Log: one,
  LogSoftmax: four,
  LRN: localNormalization,
  MatMul: matrixProduct,
  Max: between,
  MaxPool: pooling(0),
  Mean: ({ inputs, outputs: [y] }) => [{ count: inputs.length, of: y }],
  Min: between,
  Mish: five,
  Mod: one,
  Mul: one,
  Neg: one,
  Not: one,
  OneHot: moves,
  Or: one,
  Pad: moves,
  Pow: one,
  PRelu: three,
  QuantizeLinear: quantization(4),
  Range: two,
  Reciprocal: one,
  ReduceL1: reduction(2),
  ReduceL2: reduction(2, 1),
  ReduceLogSum: reduction(1, 1),
  ReduceLogSumExp: reduction(2, 1),
  ReduceMax: reduction(1),
  ReduceMean: reduction(1, 1),
  ReduceMin: reduction(1),
  ReduceProd: reduction(1),
  ReduceSum: reduction(1),
  ReduceSumSquare: reduction(2),
  Relu: one,
  Reshape: moves,
  Resize: resize,
  Round: one,
  ScatterElements: scatter,
  ScatterND: scatter,
  Selu: six,
  Shape: moves,
  Sigmoid: four,
  Sign: one,
  Sin: one,
  Sinh: one,
  Size: moves,
  Slice: moves,
  Softmax: three,
  Softplus: three,
  Softsign: three,
  SpaceToDepth: moves,
  Split: moves,
  Sqrt: one,
  Squeeze: moves,
  Sub: one,
  Sum: between,
  Tan: one,
  Tanh: one,
  ThresholdedRelu: two,
  Tile: moves,
  TopK: sort,
  Transpose: moves,
  Trilu: moves,
  Unsqueeze: moves,
  Where: one,
  Xor: one,
} satisfies Record<string, CostRule>;

export type OperatorName = keyof typeof RULE;
