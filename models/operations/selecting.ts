/**
 * Operators that choose elements by what they are: how many there will be depends on data, and is
 * bounded by how many there are.
 * @module
 */

import type { Infer } from "./call.ts";
import { type Dims, type Inferred, INT64, shaped } from "./tensor.ts";
import { product } from "./operation-count.ts";

/** @param dims upper bounds */
const atMost = (dims: Dims): Inferred => ({ ...shaped(dims), loose: true, asks: [] });

const nonZero: Infer = (call) => {
  const { dims } = call.input(0);
  // A scalar counts as a list of one.
  return [atMost([Math.max(1, dims.length), product(dims)])];
};

const compress: Infer = (call) => {
  const [{ dims }, condition] = [call.input(0), call.input(1)];
  const axis = call.has("axis") ? call.axis(call.int("axis"), dims.length) : null;
  const along = axis === null ? product(dims) : dims[axis];
  const { known } = condition;
  const chosen = known
    ? known.values.slice(0, along).filter((value) => value !== 0).length
    : Math.min(along, condition.dims[0] ?? 0);
  const result = axis === null ? [chosen] : dims.with(axis, chosen);
  return [known ? shaped(result) : atMost(result)];
};

const unique: Infer = (call) => {
  const { dims } = call.input(0);
  const axis = call.has("axis") ? call.axis(call.int("axis"), dims.length) : null;
  const along = axis === null ? product(dims) : dims[axis];
  const list = { ...atMost([along]), type: INT64 };
  return [
    atMost(axis === null ? [along] : [...dims]),
    list,
    { ...shaped([along]), type: INT64, asks: [] },
    list,
  ];
};

const nonMaxSuppression: Infer = (call) => {
  const [boxes, scores] = [call.input(0).dims, call.input(1).dims];
  if (boxes.length !== 3 || scores.length !== 3) call.fail("boxes and scores need 3 dimensions");
  // By default none is chosen.
  const most = call.optional(2)
    ? call.follows(2) ? call.integers(2)[0] : Math.min(call.input(2).at_most, boxes[1])
    : 0;
  const each = Math.min(boxes[1], Math.max(0, most));
  return [atMost([scores[0] * scores[1] * each, 3])];
};

const reverseSequence: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  call.input(1);
  return [shaped(dims)];
};

export const SELECTING = {
  Compress: compress,
  NonMaxSuppression: nonMaxSuppression,
  NonZero: nonZero,
  ReverseSequence: reverseSequence,
  Unique: unique,
} satisfies Record<string, Infer>;
