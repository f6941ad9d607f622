/**
 * Operators that make tensors out of shapes and constants.
 * @module
 */

import type { Infer } from "./call.ts";
import {
  compute,
  type Dims,
  FLOAT,
  hold,
  type Inferred,
  INT64,
  KNOWN_MAX,
  shaped,
} from "./tensor.ts";
import { product } from "./operation-count.ts";

const constant: Infer = (call) => {
  const value = call.tensor("value");
  if (value) return [value];
  for (const [name, type] of [["value_int", INT64], ["value_float", FLOAT]] as const) {
    if (call.has(name)) return [{ dims: [], known: { type, values: [call.float(name)] } }];
  }
  const floats = call.floats("value_floats");
  if (floats) return [listOf(FLOAT, floats)];
  const list = call.ints("value_ints") ?? call.fail("its value is of a kind that is not read");
  return [listOf(INT64, list)];
};

const listOf = (type: number, values: readonly number[]): Inferred =>
  values.length > KNOWN_MAX
    ? shaped([values.length], type)
    : { dims: [values.length], known: { type, values } };

const constantOfShape: Infer = (call) => {
  const dims = call.integers(0);
  const { known, type } = call.tensor("value") ??
    { known: { type: FLOAT, values: [0] }, type: FLOAT };
  return [{ dims, known: known && compute(dims, known.type, () => known.values[0]), type }];
};

const shape: Infer = (call) => {
  const { dims, loose } = call.input(0);
  // As slices count: from the end where negative, and no further than the ends.
  const asked = dims.slice(call.int("start", 0), call.int("end", dims.length));
  return sizes(asked, [asked.length], loose);
};

const size: Infer = (call) => {
  const { dims, loose } = call.input(0);
  return sizes([product(dims)], [], loose);
};

/** Of a tensor whose sizes are upper bounds, sizes have upper bounds and no values. */
function sizes(values: readonly number[], dims: Dims, loose: boolean): Inferred[] {
  const at_most = Math.max(-Infinity, ...values);
  return [
    loose
      ? { ...shaped(dims, INT64), loose: false, at_most, asks: [] }
      : { dims, known: { type: INT64, values } },
  ];
}

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
