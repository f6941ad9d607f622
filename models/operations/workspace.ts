/**
 * What an operator of ONNX Runtime needs for itself, besides its inputs and outputs, while it runs:
 * upper bounds, read off its CPU kernels (core/providers/cpu of onnxruntime 1.30).
 * @module
 */

import type { Call } from "./call.ts";
import { einsumOf } from "./einsum.ts";
import { product } from "./operation-count.ts";
import { byteSize, type TensorFact } from "./tensor.ts";

type Workspace = (
  call: Call,
  sizes: { inputs: readonly number[]; outputs: readonly number[] },
  outputs: readonly TensorFact[],
) => number;

const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** Kernels that reorder all they take, or all they give, before they are done. */
const copies: Workspace = (_, { inputs, outputs }) => sum(inputs) + sum(outputs);

/** The columns of an image, one for each weight that meets it. */
const columns = (call: Call, places: readonly number[]): number => {
  const [x, w] = [call.input(0), call.input(1)];
  return byteSize({ dims: [product(w.dims.slice(1)), product(places)], type: x.type }, 0);
};

const WORKSPACE: Readonly<Record<string, Workspace>> = {
  // MLAS makes columns whole only where filters outnumber places, so no more than the weights are.
  Conv: (_, { inputs }) => inputs[1],
  ConvTranspose: (call) => columns(call, call.input(0).dims.slice(2)),
  ConvInteger: (call, _, [y]) => columns(call, y.dims.slice(2)),
  DeformConv: (call, _, [y]) => columns(call, y.dims.slice(2)),
  QLinearConv: (call, sizes, [y]) =>
    byteSize(
      { dims: [product(call.input(3).dims.slice(1)), product(y.dims.slice(2))], type: 2 },
      0,
    ) +
    4 * sizes.outputs[0],
  DFT: (call, sizes, outputs) => 4 * copies(call, sizes, outputs),
  STFT: (call, sizes, outputs) => 4 * copies(call, sizes, outputs),
  Einsum: (call, sizes, outputs) =>
    copies(call, sizes, outputs) +
    (call.inputs.length > 2
      ? byteSize({ dims: einsumOf(call).all, type: call.input(0).type }, 0)
      : 0),
  GRU: (call, sizes, outputs) => 8 * copies(call, sizes, outputs),
  LSTM: (call, sizes, outputs) => 8 * copies(call, sizes, outputs),
  RNN: (call, sizes, outputs) => 8 * copies(call, sizes, outputs),
  NonMaxSuppression: (call, sizes, outputs) => 4 * copies(call, sizes, outputs),
  TopK: (_, { inputs }) => 2 * inputs[0],
  Unique: (_, { inputs }) => 8 * inputs[0],
  ...Object.fromEntries(
    [
      ...["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"],
      ...["ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Softmax", "LogSoftmax"],
      ...["Hardmax", "MatMulInteger", "QLinearMatMul", "Resize", "Upsample", "NonZero", "LpPool"],
      ...["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "MeanVarianceNormalization"],
      ...["TfIdfVectorizer", "StringNormalizer", "Attention", "GatherND", "ScatterND"],
    ].map((type) => [type, copies]),
  ),
};

/** @returns bytes, while the node runs */
export function workspaceBytes(
  call: Call,
  outputs: readonly TensorFact[],
  text_bytes: number,
): number {
  const workspace = Object.hasOwn(WORKSPACE, call.node.type) ? WORKSPACE[call.node.type] : null;
  if (!workspace) return 0;
  const size = (fact: TensorFact | null) => fact ? byteSize(fact, text_bytes) : 0;
  return workspace(call, { inputs: call.inputs.map(size), outputs: outputs.map(size) }, outputs);
}
