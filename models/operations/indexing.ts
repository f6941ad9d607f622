/**
 * Operators that read or write where other elements say: gathers, scatters, one-hot.
 * @module
 */

import type { Infer } from "./call.ts";
import { compute, offset, shaped } from "./tensor.ts";

const gather: Infer = (call) => {
  const [x, indices] = [call.input(0), call.input(1)];
  const along = call.axis(call.int("axis", 0), x.dims.length);
  const dims = x.dims.toSpliced(along, 1, ...indices.dims);
  const [data, at] = [x.known, indices.known];
  if (!data || !at) return [shaped(dims)];
  const known = compute(dims, data.type, (position) => {
    const index = at.values[
      offset(position.slice(along, along + indices.dims.length), indices.dims)
    ];
    const from = call.axis(index, x.dims[along]);
    return data.values[offset(position.toSpliced(along, indices.dims.length, from), x.dims)];
  });
  return [{ dims, known }];
};

const gatherElements: Infer = (call) => {
  const [x, indices] = [call.input(0), call.input(1)];
  call.axis(call.int("axis", 0), x.dims.length);
  if (indices.dims.length !== x.dims.length) {
    call.fail(`[${indices.dims}] cannot index [${x.dims}]`);
  }
  return [shaped(indices.dims)];
};

const gatherND: Infer = (call) => {
  const [x, indices] = [call.input(0).dims, call.input(1).dims];
  const batch = call.int("batch_dims", 0);
  const depth = indices.at(-1) ?? call.fail("indices must have a dimension");
  if (batch < 0 || batch >= indices.length || batch + depth > x.length) {
    call.fail(`[${indices}] cannot index [${x}]`);
  }
  return [shaped([...indices.slice(0, -1), ...x.slice(batch + depth)])];
};

const scatter: Infer = (call) => {
  call.input(1);
  call.input(2);
  call.text("reduction", "none");
  return [shaped(call.input(0).dims)];
};

const oneHot: Infer = (call) => {
  const { dims } = call.input(0);
  const isOpen = !call.follows(1) && call.input(1).at_most !== Infinity;
  const depth = isOpen ? Math.max(0, call.input(1).at_most) : call.values(1)[0];
  call.input(2);
  const along = call.axis(call.int("axis", -1), dims.length + 1);
  const result = shaped(dims.toSpliced(along, 0, Math.trunc(depth)));
  return [isOpen ? { ...result, loose: true } : result];
};

export const INDEXING = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  Scatter: scatter,
  ScatterElements: scatter,
  ScatterND: scatter,
} satisfies Record<string, Infer>;
