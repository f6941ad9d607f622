/**
 * Operators that make tensors out of shapes and constants.
 * @module
 */

import type { Infer } from "./call.ts";
import { compute, FLOAT, hold, INT64, type TensorFact } from "./tensor.ts";
import { product } from "./operation-count.ts";

const constant: Infer = (call) => {
  const value = call.tensor("value");
  if (value) return [value];
  for (const [name, type] of [["value_int", INT64], ["value_float", FLOAT]] as const) {
    if (call.has(name)) return [{ dims: [], known: { type, values: [call.float(name)] } }];
  }
  const list = call.ints("value_ints") ?? call.fail("its value is of a kind that is not read");
  return [{ dims: [list.length], known: { type: INT64, values: list } }];
};

const constantOfShape: Infer = (call) => {
  const dims = call.integers(0);
  const { known } = call.tensor("value") ?? { known: { type: FLOAT, values: [0] } };
  return [{ dims, known: known && compute(dims, known.type, () => known.values[0]) }];
};

const shape: Infer = (call) => {
  const { dims } = call.input(0);
  // As slices count: from the end where negative, and no further than the ends.
  return integers(dims.slice(call.int("start", 0), call.int("end", dims.length)));
};

const size: Infer = (call) => {
  const values = [product(call.input(0).dims)];
  return [{ dims: [], known: { type: INT64, values } }];
};

const integers = (values: readonly number[]): TensorFact[] => [{
  dims: [values.length],
  known: { type: INT64, values },
}];

const range: Infer = (call) => {
  const [[start], [limit], [delta]] = [call.values(0), call.values(1), call.values(2)];
  const { type } = call.input(0).known!;
  const dims = [Math.max(0, Math.ceil((limit - start) / delta))];
  return [{ dims, known: compute(dims, type, ([i]) => hold(type, start + i * delta)) }];
};

export const MAKING = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: shape,
  Size: size,
} satisfies Record<string, Infer>;
