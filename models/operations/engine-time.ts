/**
 * How long ONNX Runtime's WebAssembly takes for a node, about: what operations do not tell, since moving data
 * is none, starting a node is none, and a power costs a hundred times what a product in a matrix does. It
 * only decides whether a run ends in time; nobody pays for it, and no answer shows it.
 *
 * Measured as CPU time on one core of a small server, rounded up (docs/explanation/sandbox.md#time).
 * @module
 */

/** Nanoseconds. */
interface Rate {
  /** For each arithmetic operation. */
  operation: number;
  /** For each element of the results. */
  element: number;
}

/** A node by itself, however small; in the body of a loop, its share of an iteration. */
const NODE_NS = 1_500;
/** A text is an allocation, and often a number that is written or read. */
const TEXT_NS = 2_000;

const CONVOLVING: Rate = { operation: 0.1, element: 5 };
const MULTIPLYING: Rate = { operation: 0.1, element: 20 };
/** Vector instructions are for 32-bit floats. */
const MULTIPLYING_OTHERS: Rate = { operation: 0.5, element: 20 };
const SIMPLE: Rate = { operation: 1, element: 3 };
const FUNCTIONS: Rate = { operation: 5, element: 4 };
const COPYING: Rate = { operation: 0, element: 7 };
const VIEWING: Rate = { operation: 0, element: 1 };
/** All others: the slowest that was found among them, such as a power, a sort or a cubic Resize. */
const SLOWEST: Rate = { operation: 12, element: 20 };

const FLOAT_RATES = rates([
  [CONVOLVING, "Conv ConvTranspose"],
  [MULTIPLYING, "MatMul Gemm LSTM GRU RNN"],
  [
    SIMPLE,
    "Abs Add BatchNormalization Ceil Clip Div Equal Floor GlobalAveragePool GlobalMaxPool Greater " +
    "GreaterOrEqual HardSigmoid HardSwish InstanceNormalization LRN LayerNormalization LeakyRelu Less " +
    "LessOrEqual Max MaxPool Mean Min Mul Neg PRelu ReduceMax ReduceMean ReduceMin ReduceSum Relu Round " +
    "Sqrt Sub Sum Where",
  ],
  [
    FUNCTIONS,
    "ArgMax ArgMin AveragePool Cos CumSum Exp Gelu Log LogSoftmax Sigmoid Sin Softmax Tanh",
  ],
]);
const RATES = rates([
  [MULTIPLYING_OTHERS, "ConvInteger Gemm MatMul MatMulInteger QLinearConv QLinearMatMul"],
  [
    COPYING,
    "Concat DepthToSpace DequantizeLinear Expand Pad QuantizeLinear Slice SpaceToDepth Split Tile " +
    "Transpose Trilu",
  ],
  [VIEWING, "Flatten Identity Reshape Squeeze Unsqueeze"],
]);

function rates(table: [Rate, string][]): ReadonlyMap<string, Rate> {
  return new Map(table.flatMap(([rate, names]) => names.split(" ").map((name) => [name, rate])));
}

/** What a node works on. */
export interface NodeWork {
  operations: number;
  /** Of the results; texts apart. */
  elements: number;
  /** Of inputs and results. */
  texts: number;
  /** Whether all that it computes with are 32-bit floats. */
  isFloat: boolean;
}

/**
 * How long a node takes.
 * @returns nanoseconds
 */
export function engineTime(
  type: string,
  { operations, elements, texts, isFloat }: NodeWork,
): number {
  const rate = (isFloat ? FLOAT_RATES.get(type) : undefined) ?? RATES.get(type) ?? SLOWEST;
  return NODE_NS + operations * rate.operation + elements * rate.element + texts * TEXT_NS;
}
