/**
 * Convolutions and products of integers that stand for numbers.
 * @module
 */

import { Call, type Infer } from "./call.ts";
import { MATRICES } from "./matrices.ts";
import { shaped } from "./tensor.ts";
import { WINDOWS } from "./windows.ts";

/** The same operator on floats, of some of the inputs. */
const as = (infer: Infer, inputs: (call: Call) => (number | null)[]): Infer => (call) => {
  const chosen = inputs(call).map((index) => index === null ? null : call.optional(index));
  const [{ dims }] = infer(new Call(call.node, chosen, call.opset));
  return [shaped(dims)];
};

const dynamicQuantize: Infer = (call) => [
  shaped(call.input(0).dims),
  { ...shaped([]), asks: [] },
  { ...shaped([]), asks: [] },
];

export const QUANTIZED = {
  ConvInteger: as(WINDOWS.Conv, () => [0, 1]),
  DynamicQuantizeLinear: dynamicQuantize,
  MatMulInteger: as(MATRICES.MatMul, () => [0, 1]),
  QLinearConv: as(WINDOWS.Conv, (call) => [0, 3, call.optional(8) ? 8 : null]),
  QLinearMatMul: as(MATRICES.MatMul, () => [0, 3]),
} satisfies Record<string, Infer>;
