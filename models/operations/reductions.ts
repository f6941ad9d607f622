/**
 * Operators that look along axes: reductions, sorts, running sums, softmax and normalizations.
 * @module
 */

import type { Call, Infer } from "./call.ts";
import {
  compute,
  type Dims,
  hold,
  type KnownTensor,
  offset,
  shaped,
  type TensorFact,
} from "./tensor.ts";

/** @param fold computes the reductions that occur in arithmetic on shapes, as ReduceProd of one */
const reduce = (fold?: (a: number, b: number) => number): Infer => (call) => {
  const { dims, known } = call.input(0);
  const stated = call.intsOrInput("axes", 1) ?? [];
  // It reduces nothing, and the rule counts it as if it did.
  if (stated.length === 0 && call.int("noop_with_empty_axes", 0) === 1) return [shaped(dims)];
  const axes = stated.length === 0 ? dims.map((_, axis) => axis) : call.axes(stated, dims.length);
  const reduced = dims.map((size, axis) => axes.includes(axis) ? 1 : size);
  const keeps = call.int("keepdims", 1) === 1;
  return [{
    dims: keeps ? reduced : dims.filter((_, axis) => !axes.includes(axis)),
    known: known && fold ? reduceKnown(known, { dims, reduced }, fold) : null,
  }];
};

function reduceKnown(
  { type, values }: KnownTensor,
  { dims, reduced }: { dims: Dims; reduced: Dims },
  fold: (a: number, b: number) => number,
): KnownTensor | null {
  const results: (number | undefined)[] = [];
  compute(dims, type, (position) => {
    const to = offset(position.map((at, axis) => reduced[axis] === 1 ? 0 : at), reduced);
    const value = values[offset(position, dims)];
    const before = results[to];
    results[to] = before === undefined ? value : fold(before, value);
    return 0;
  });
  // Computed in the order of the result, and without a start: an empty one has no value.
  return compute(reduced, type, (position) => {
    const value = results[offset(position, reduced)];
    return value === undefined ? undefined : hold(type, value);
  });
}

const argument: Infer = (call) => {
  const { dims } = call.input(0);
  const along = call.axis(call.int("axis", 0), dims.length);
  return [
    shaped(
      call.int("keepdims", 1) === 1
        ? dims.map((size, axis) => axis === along ? 1 : size)
        : dims.filter((_, axis) => axis !== along),
    ),
  ];
};

const topK: Infer = (call) => {
  const { dims } = call.input(0);
  const along = call.axis(call.int("axis", -1), dims.length);
  // What depends on data is no more than there are.
  if (!call.has("k") && !call.follows(1)) {
    const most = Math.min(dims[along], Math.max(0, call.input(1).at_most));
    const result = { ...shaped(dims.with(along, most)), loose: true, asks: [] };
    return [result, result];
  }
  const [k] = call.has("k") ? [call.int("k")] : call.integers(1);
  if (!(k >= 0 && k <= dims[along])) call.fail(`${k} of ${dims[along]} cannot be taken`);
  return call.node.outputs.map(() => shaped(dims.map((size, axis) => axis === along ? k : size)));
};

const along: Infer = (call) => {
  const { dims } = call.input(0);
  call.axis(call.int("axis", -1), dims.length);
  return [shaped(dims)];
};

const like: Infer = (call) => [shaped(call.input(0).dims)];

/** The second and third outputs, which training wants, hold one number for each row. */
const layerNormalization: Infer = (call) => {
  const { dims } = call.input(0);
  const from = call.axis(call.int("axis", -1), dims.length);
  for (const one of [call.input(1), ...bias(call)]) {
    if (`${call.broadcast([dims, one.dims])}` !== `${dims}`) {
      call.fail(`[${one.dims}] cannot be broadcast to [${dims}]`);
    }
  }
  const rows = dims.map((size, axis) => axis < from ? size : 1);
  return [shaped(dims), shaped(rows), shaped(rows)].slice(0, call.node.outputs.length);
};

const bias = (call: Call): TensorFact[] => [call.optional(2)].filter((one) => one !== null);

const perChannel: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  for (let i = 1; i < call.inputs.length; i++) {
    if (`${call.input(i).dims}` !== `${dims[1]}`) {
      call.fail(`input ${i} must have shape [${dims[1]}], not [${call.input(i).dims}]`);
    }
  }
  call.input(2);
  // In training it also gives the mean and the variance of each channel, which it then computes.
  const isTraining = call.int("training_mode", 0) !== 0;
  return [shaped(dims), ...isTraining ? [shaped([dims[1]]), shaped([dims[1]])] : []];
};

const localNormalization: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  const size = call.int("size");
  return size >= 1 ? [shaped(dims)] : call.fail(`size ${size} must be at least 1`);
};

const groupNormalization: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  const groups = call.int("num_groups");
  if (groups < 1 || dims[1] % groups !== 0) {
    call.fail(`${dims[1]} channels do not make ${groups} groups`);
  }
  return [shaped(dims)];
};

export const REDUCTIONS = {
  ArgMax: argument,
  ArgMin: argument,
  BatchNormalization: perChannel,
  CumSum: like,
  GroupNormalization: groupNormalization,
  InstanceNormalization: perChannel,
  LayerNormalization: layerNormalization,
  Hardmax: along,
  LogSoftmax: along,
  LRN: localNormalization,
  ReduceL1: reduce(),
  ReduceL2: reduce(),
  ReduceLogSum: reduce(),
  ReduceLogSumExp: reduce(),
  ReduceMax: reduce((a, b) => Math.max(a, b)),
  ReduceMean: reduce(),
  ReduceMin: reduce((a, b) => Math.min(a, b)),
  ReduceProd: reduce((a, b) => a * b),
  ReduceSum: reduce((a, b) => a + b),
  ReduceSumSquare: reduce(),
  Softmax: along,
  TopK: topK,
} satisfies Record<string, Infer>;
