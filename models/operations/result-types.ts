/**
 * The element types of results, where they are not those of an operator's first input.
 * @module
 */

import type { Call } from "./call.ts";
import { BOOL, FLOAT, INT32, INT64, UINT8 } from "./tensor.ts";

/** By operator, one for each output; the last one also holds for those after it. */
type Types = readonly (number | ((call: Call) => number))[];

const ofInput = (index: number) => (call: Call): number => call.inputs[index]?.type ?? 0;
const ofFirst = ofInput(0);
const stated = (attribute: string, otherwise: number | ((call: Call) => number)) => (call: Call) =>
  call.has(attribute)
    ? call.int(attribute)
    : typeof otherwise === "number"
    ? otherwise
    : otherwise(call);

const BOOLEAN: Types = [BOOL];
const INDEX: Types = [INT64];
const ACCUMULATED: Types = [INT32];

const TYPES: Readonly<Record<string, Types>> = {
  And: BOOLEAN,
  ArgMax: INDEX,
  ArgMin: INDEX,
  Bernoulli: [stated("dtype", ofFirst)],
  BlackmanWindow: [stated("output_datatype", FLOAT)],
  Cast: [(call) => call.int("to")],
  CastLike: [ofInput(1)],
  ConvInteger: ACCUMULATED,
  DequantizeLinear: [ofInput(1)],
  Dropout: [ofFirst, BOOL],
  DynamicQuantizeLinear: [UINT8, FLOAT, UINT8],
  Equal: BOOLEAN,
  EyeLike: [stated("dtype", ofFirst)],
  Greater: BOOLEAN,
  GreaterOrEqual: BOOLEAN,
  HammingWindow: [stated("output_datatype", FLOAT)],
  HannWindow: [stated("output_datatype", FLOAT)],
  IsInf: BOOLEAN,
  IsNaN: BOOLEAN,
  Less: BOOLEAN,
  LessOrEqual: BOOLEAN,
  MatMulInteger: ACCUMULATED,
  MaxPool: [ofFirst, INT64],
  MelWeightMatrix: [stated("output_datatype", FLOAT)],
  Multinomial: [stated("dtype", INT32)],
  NonMaxSuppression: INDEX,
  NonZero: INDEX,
  Not: BOOLEAN,
  OneHot: [ofInput(2)],
  Or: BOOLEAN,
  QLinearConv: [ofInput(7)],
  QLinearMatMul: [ofInput(7)],
  QuantizeLinear: [stated("output_dtype", (call) => call.inputs[2]?.type ?? UINT8)],
  RandomNormal: [stated("dtype", FLOAT)],
  RandomNormalLike: [stated("dtype", ofFirst)],
  RandomUniform: [stated("dtype", FLOAT)],
  RandomUniformLike: [stated("dtype", ofFirst)],
  RegexFullMatch: BOOLEAN,
  Shape: INDEX,
  Size: INDEX,
  TfIdfVectorizer: [FLOAT],
  TopK: [ofFirst, INT64],
  Unique: [ofFirst, INT64],
  Where: [ofInput(1)],
  Xor: BOOLEAN,
};

/** @param output its place among the outputs of the call */
export function resultType(call: Call, output: number): number {
  const types = Object.hasOwn(TYPES, call.node.type) ? TYPES[call.node.type] : undefined;
  const type = types?.[Math.min(output, types.length - 1)] ?? ofFirst;
  return typeof type === "number" ? type : type(call);
}
