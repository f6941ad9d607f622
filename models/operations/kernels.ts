/**
 * What ONNX Runtime 1.30 lacks of the operators that the rule counts: for some versions and element types
 * it has no kernel, and would refuse the file when it is loaded. The node tests hold the list
 * (tests/slow/node-tests/in-process_test.ts).
 * @module
 */

import type { Call } from "./call.ts";
import { DOUBLE, FLOAT, INT32, INT64 } from "./tensor.ts";

/** Operators that it has from operator set 7 on: before, they broadcast and trained otherwise. */
const FROM_7 = new Set([
  ...["Add", "And", "AveragePool", "BatchNormalization", "Div", "Dropout", "Equal", "GRU", "Gemm"],
  ...["Greater", "LSTM", "Less", "Mul", "Or", "PRelu", "Pow", "RNN", "Sub", "Upsample", "Xor"],
]);

/** Operators that operator set 22 gave new types, for which it has no kernel yet. */
const UNTIL_21 = new Set([
  ...["GlobalLpPool", "MaxRoiPool", "Multinomial", "RandomNormal", "RandomNormalLike"],
  ...["RandomUniform", "RandomUniformLike", "RoiAlign"],
]);

/** The operator set from which an operator is no more. */
const GONE: Readonly<Record<string, number>> = { Scatter: 11, Upsample: 10 };

const [UINT16, INT16] = [4, 5];

/** Types of the first input that have no kernel. */
const WITHOUT: Readonly<Record<string, readonly number[]>> = {
  BitShift: [UINT16],
  Max: [INT16, UINT16],
  Min: [INT16, UINT16],
};

const EXPONENTS = [FLOAT, DOUBLE, INT32, INT64];

/** @throws ModelError where the engine would not load the node */
export function checkKernel(call: Call): void {
  const { node: { type }, opset, inputs } = call;
  if (opset < 7 && FROM_7.has(type)) {
    call.fail(`the engine has it from operator set 7 on, and the model uses ${opset}`);
  }
  if (opset > 21 && UNTIL_21.has(type)) {
    call.fail(`the engine has it up to operator set 21, and the model uses ${opset}`);
  }
  if (Object.hasOwn(GONE, type) && opset >= GONE[type]) {
    call.fail(`there is none from operator set ${GONE[type]} on`);
  }
  const first = inputs[0]?.type ?? 0;
  if (Object.hasOwn(WITHOUT, type) && WITHOUT[type].includes(first)) {
    call.fail(`the engine does not have it for element type ${first}`);
  }
  const exponent = type === "Pow" ? inputs[1]?.type ?? 0 : 0;
  if (exponent !== 0 && !EXPONENTS.includes(exponent)) {
    call.fail(`the engine does not have it for exponents of element type ${exponent}`);
  }
  if (["GRU", "LSTM", "RNN"].includes(type) && call.int("layout", 0) !== 0) {
    call.fail("the engine does not have layout 1: put the steps before the batch");
  }
}
