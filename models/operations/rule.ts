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

/** A power and a sum for each element, padding included, and a root. */
const powerPooling: CostRule = ({ outputs: [y], attributes }) => [
  { count: 2, of: [...y, ...attributes.kernel_shape as readonly number[]] },
  { count: 1, of: y },
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

/** In training also mean and variance, and running ones of both. */
const batchNormalization: CostRule = ({ inputs: [x, scale], attributes }) => {
  const isTraining = integer(attributes.training_mode, 0) !== 0;
  return [{ count: isTraining ? 8 : 4, of: x! }, { count: isTraining ? 12 : 2, of: scale! }];
};

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

/** One direction, one step, one element of the batch at a time: products, then what is beside them. */
const recurrent =
  (perHidden: number, gates: number): CostRule =>
  ({ inputs: [x, w, r, , , , , peepholes], attributes }) => {
    const steps = [x![0], x![1]];
    // Activations of the caller's choice are counted as the dearest of them; a clip compares twice.
    const chosen = attributes.activations === undefined ? 0 : 7 * (gates + 1);
    const clipped = attributes.clip === undefined ? 0 : 2 * gates;
    return [
      { count: 2, of: [...steps, ...w!] },
      { count: 2, of: [...steps, ...r!] },
      { count: perHidden + chosen + clipped + (peepholes ? 6 : 0), of: [...steps, w![0], r![2]] },
    ];
  };

/** As a convolution, 1 for each input with a zero point, and so many for each result. */
const integerConvolution = (
  { weights, bias, perResult }: { weights: number; bias: number | null; perResult: number },
): CostRule =>
({ inputs, outputs: [y] }) => [
  { count: 2, of: [...y, ...inputs[weights]!.slice(1)] },
  { count: perResult + (bias !== null && inputs[bias] ? 1 : 0), of: y },
  { count: 1, of: inputs[0]! },
  { count: 1, of: inputs[weights]! },
];

const integerProduct = (b: number, perResult: number): CostRule => ({ inputs, outputs: [y] }) => [
  { count: 2, of: [...y, inputs[0]!.at(-1)!] },
  { count: perResult, of: y },
  { count: 1, of: inputs[0]! },
  { count: 1, of: inputs[b]! },
];

/** Each tap is read between four pixels, and weighted. */
const deformedConvolution: CostRule = ({ inputs: [x, w, , bias], outputs: [y] }) => [
  { count: 2, of: [...y, ...w!.slice(1)] },
  { count: bias ? 1 : 0, of: y },
  { count: 15, of: [y[0], x![1], ...w!.slice(2), ...y.slice(2)] },
];

/** Gaussian elimination. */
const determinant: CostRule = ({ inputs: [x] }) => [{ count: 1, of: [...x!, x!.at(-1)!] }];

/** A complex product and sum for each element that a complex result is made of. */
const fourier: CostRule = ({ inputs: [x], outputs: [y], attributes }) => {
  const rank = x!.length;
  const stated = integer(attributes.axis, 1);
  const axis = stated < 0 ? stated + rank : stated;
  return [{ count: 8, of: [...y.slice(0, -1), x![axis] ?? 1] }, { count: 8, of: y.slice(0, -1) }];
};
const shortFourier: CostRule = ({ inputs: [, , window], outputs: [y] }) => [
  // Of real numbers at most half of a frame is given.
  { count: window ? 8 : 16, of: [...y.slice(0, -1), window ? window[0] : y[2]] },
  { count: 1, of: y },
];

/** For each set of letters the product of all inputs, and its sum. */
const einsum: CostRule = ({ inputs, outputs: [y], attributes }) => [
  { count: inputs.length, of: [...y, ...summedLetters(inputs, attributes.equation)] },
];

function summedLetters<S extends string>(
  inputs: Shapes<S>["inputs"],
  equation: unknown,
): (number | S)[] {
  const [left, right] = String(equation ?? "").replaceAll(" ", "").split("->");
  const letters = [...left.replaceAll("...", "").replaceAll(",", "")];
  const kept = right ?? letters.filter((one) => letters.indexOf(one) === letters.lastIndexOf(one));
  const sizes = new Map<string, number | S>();
  left.split(",").forEach((term, i) => {
    const [front, back] = term.split("...");
    const dims = inputs[i] ?? [];
    const note = (letter: string, size: number | S | undefined) => {
      const known = sizes.get(letter);
      if (size !== undefined && (known === undefined || known === 1)) sizes.set(letter, size);
    };
    [...front].forEach((letter, axis) => note(letter, dims[axis]));
    [...(back ?? "")].forEach((letter, axis) =>
      note(letter, dims[dims.length - back!.length + axis])
    );
  });
  return [...sizes].filter(([letter]) => !kept.includes(letter)).map(([, size]) => size);
}

/** Where each point lies, and 2 for each neighbour, of which cubic has 4 along each axis. */
const gridSample: CostRule = ({ inputs: [x], outputs: [y], attributes }) => {
  const axes = x!.length - 2;
  const mode = String(attributes.mode ?? "linear");
  const neighbours = mode.includes("cubic") ? 4 : mode === "nearest" ? 0 : 2;
  return [{ count: 10 * axes + 2 * neighbours ** axes, of: y }];
};

/** Each sample from four pixels, and the mean or largest of them. */
const roiAlign: CostRule = ({ outputs: [y], attributes }) => {
  const ratio = integer(attributes.sampling_ratio, 1);
  return [{ count: 20, of: [...y, ratio, ratio] }, { count: 1, of: y }];
};

const roiPool: CostRule = (
  { inputs: [x], outputs: [y] },
) => [{ count: 1, of: [...y, x![2], x![3]] }];

/** Scores are sorted, and each box is compared with every chosen one of its class. */
const suppression: CostRule = ({ inputs: [boxes, scores], outputs: [y] }) => [
  { count: 1, of: scores!, log2: scores![2] },
  { count: 16, of: [y[0], boxes![1]] },
];

const lossOfTargets = (perElement: number): CostRule => ({ inputs: [x, targets] }) => [
  { count: perElement, of: x! },
  { count: 4, of: targets! },
];

/** Every n-gram at every distance that is allowed, and a weight for each feature. */
const ngrams: CostRule = ({ inputs: [x], outputs: [y], attributes }) => [
  {
    count: 2,
    of: [
      ...x!,
      Math.max(1, integer(attributes.max_gram_length, 1)),
      Math.max(1, integer(attributes.max_gram_length, 1)),
      Math.max(0, integer(attributes.max_skip_count, 0)) + 1,
    ],
  },
  { count: 1, of: y },
];

/** An exponential and a running sum for each class, and for each sample a search through them. */
const multinomial: CostRule = ({ inputs: [x], outputs: [y] }) => [
  { count: 4, of: x! },
  { count: 1, of: [...y, x![1]] },
];

const uniques: CostRule = ({ inputs: [x], outputs: [y] }) => [
  { count: 1, of: x!, log2: y[0] ?? 1 },
  { count: 2, of: x! },
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
  AffineGrid: nine,
  And: one,
  ArgMax: reduction(1),
  ArgMin: reduction(1),
  Asin: one,
  Asinh: one,
  Atan: one,
  Atanh: one,
  AveragePool: pooling(1),
  BatchNormalization: batchNormalization,
  Bernoulli: two,
  BitShift: one,
  BitwiseAnd: one,
  BitwiseNot: one,
  BitwiseOr: one,
  BitwiseXor: one,
  BlackmanWindow: nine,
  Cast: moves,
  CastLike: moves,
  Ceil: one,
  Celu: seven,
  Clip: clip,
  Col2Im: reduction(1),
  Compress: moves,
  Concat: moves,
  Constant: moves,
  ConstantOfShape: moves,
  Conv: convolution,
  ConvInteger: integerConvolution({ weights: 1, bias: null, perResult: 0 }),
  ConvTranspose: transposedConvolution,
  Cos: one,
  Cosh: one,
  CumSum: one,
  DeformConv: deformedConvolution,
  DepthToSpace: moves,
  DequantizeLinear: quantization(1),
  Det: determinant,
  DFT: fourier,
  Div: one,
  Dropout: moves,
  DynamicQuantizeLinear: seven,
  Einsum: einsum,
  Elu: five,
  Equal: one,
  Erf: one,
  Exp: one,
  Expand: moves,
  EyeLike: moves,
  Flatten: moves,
  Floor: one,
  Gather: moves,
  GatherElements: moves,
  GatherND: moves,
  Gelu: (shapes) => (shapes.attributes.approximate === "tanh" ? nine : five)(shapes),
  Gemm: gemm,
  GlobalAveragePool: reduction(1, 1),
  GlobalLpPool: reduction(2, 1),
  GlobalMaxPool: reduction(1),
  Greater: one,
  GreaterOrEqual: one,
  GridSample: gridSample,
  GroupNormalization: groupNormalization,
  GRU: recurrent(23, 3),
  HammingWindow: five,
  HannWindow: five,
  Hardmax: two,
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
  LpNormalization: four,
  LpPool: powerPooling,
  LRN: localNormalization,
  LSTM: recurrent(30, 4),
  MatMul: matrixProduct,
  MatMulInteger: integerProduct(1, 0),
  Max: between,
  MaxPool: pooling(0),
  MaxRoiPool: roiPool,
  MaxUnpool: moves,
  Mean: ({ inputs, outputs: [y] }) => [{ count: inputs.length, of: y }],
  MeanVarianceNormalization: nine,
  MelWeightMatrix: nine,
  Min: between,
  Mish: five,
  Mod: one,
  Mul: one,
  Multinomial: multinomial,
  Neg: one,
  NegativeLogLikelihoodLoss: lossOfTargets(0),
  NonMaxSuppression: suppression,
  NonZero: reduction(1),
  Not: one,
  OneHot: moves,
  Or: one,
  Pad: moves,
  Pow: one,
  PRelu: three,
  QLinearConv: integerConvolution({ weights: 3, bias: 8, perResult: 5 }),
  QLinearMatMul: integerProduct(3, 5),
  QuantizeLinear: quantization(4),
  RandomNormal: one,
  RandomNormalLike: one,
  RandomUniform: one,
  RandomUniformLike: one,
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
  ReverseSequence: moves,
  RNN: recurrent(4, 1),
  RoiAlign: roiAlign,
  Round: one,
  Scatter: moves,
  ScatterElements: scatter,
  ScatterND: scatter,
  Selu: six,
  Shape: moves,
  Shrink: three,
  Sigmoid: four,
  Sign: one,
  Sin: one,
  Sinh: one,
  Size: moves,
  Slice: moves,
  Softmax: three,
  SoftmaxCrossEntropyLoss: lossOfTargets(4),
  Softplus: three,
  Softsign: three,
  SpaceToDepth: moves,
  Split: moves,
  Sqrt: one,
  Squeeze: moves,
  STFT: shortFourier,
  StringNormalizer: one,
  Sub: one,
  Sum: between,
  Swish: five,
  Tan: one,
  Tanh: one,
  TfIdfVectorizer: ngrams,
  ThresholdedRelu: two,
  Tile: moves,
  TopK: sort,
  Transpose: moves,
  Trilu: moves,
  Unique: uniques,
  Unsqueeze: moves,
  Upsample: resize,
  Where: one,
  Xor: one,
} satisfies Record<string, CostRule>;

export type OperatorName = keyof typeof RULE;
