/**
 * How long a node takes at most, estimated: an operation is not like another to a processor, and what only
 * moves data counts none. Upper bounds from ONNX Runtime Web 1.30 in one thread (measured: docs/models.md);
 * for admission to an isolate, never for a bill.
 * @module
 */

/** Products and sums in long rows: 6 * 10^9 a second were measured. */
const DENSE_NS = 0.25;
/** One simple operation for each element: 1.8 * 10^9 a second were measured on idle cores. */
const SIMPLE_NS = 2;
/** The slowest elementary function, Erf: 70 million a second. */
const ELEMENTARY_NS = 15;
/** Hashes of texts. */
const TEXT_NS = 200;
/** Of results, as a Transpose writes them: 1.3 GB a second were. */
const BYTE_NS = 1.2;
/** To start a node, shapes and memory and all: 630,000 a second, the smallest ones. */
const STEP_NS = 2_000;

const named = (ns: number, ...names: string[]): [string, number][] =>
  names.map((name) => [name, ns]);

const NS: ReadonlyMap<string, number> = new Map([
  ...named(DENSE_NS, "Conv", "ConvTranspose", "MatMul", "Gemm"),
  ...named(DENSE_NS * 4, "LSTM", "GRU", "RNN", "ConvInteger", "QLinearConv", "MatMulInteger"),
  ...named(DENSE_NS * 4, "QLinearMatMul", "Einsum", "DFT", "STFT", "AveragePool", "MaxPool"),
  ...named(SIMPLE_NS, "Abs", "Add", "BatchNormalization", "Clip", "Div", "GlobalAveragePool"),
  ...named(SIMPLE_NS, "GlobalMaxPool", "HardSigmoid", "LeakyRelu", "Max", "Mean", "Min", "Mul"),
  ...named(SIMPLE_NS, "Neg", "PRelu", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu"),
  ...named(SIMPLE_NS, "Sub", "Sum", "Sqrt", "Equal", "Greater", "GreaterOrEqual", "Less"),
  ...named(SIMPLE_NS, "LessOrEqual", "And", "Or", "Not", "Xor", "Where", "HardSwish"),
  ...named(SIMPLE_NS, "InstanceNormalization", "LayerNormalization"),
  ...named(TEXT_NS, "StringNormalizer", "TfIdfVectorizer"),
]);

/** @returns nanoseconds of one run of the node */
export const durationNs = (type: string, operations: number, result_bytes: number): number =>
  STEP_NS + (NS.get(type) ?? ELEMENTARY_NS) * operations + BYTE_NS * result_bytes;
