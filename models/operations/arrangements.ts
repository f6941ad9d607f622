/**
 * Operators that move elements without looking at them. Shapes that go through them stay known.
 * @module
 */

import type { Call, Infer } from "./call.ts";
import {
  broadcastFrom,
  compute,
  type Dims,
  type Inferred,
  offset,
  rearrange,
  shaped,
  type TensorFact,
} from "./tensor.ts";
import { product } from "./operation-count.ts";

/** The same elements in the same order. */
const recast = ({ known }: TensorFact, dims: Dims): Inferred[] => [{ dims, known }];

const reshape: Infer = (call) => {
  const x = call.input(0);
  const allowsZero = call.int("allowzero", 0) === 1;
  const stated = call.integers(1).map((size, axis) =>
    size === 0 && !allowsZero
      ? x.dims[axis] ?? call.fail(`[${x.dims}] has no dimension ${axis} to keep`)
      : size
  );
  const open = stated.indexOf(-1);
  const elements = product(x.dims);
  const rest = product(stated.filter((_, axis) => axis !== open));
  const share = rest === 0 ? 0 : elements / rest;
  // Of an upper bound, the whole parts; and what is stated in full is exact.
  if (call.loose) {
    const bounds = open < 0 ? stated : stated.with(open, Math.floor(share));
    return [{
      dims: bounds,
      known: null,
      loose: open >= 0 || stated.length > call.integers(1).filter((size) => size !== 0).length,
    }];
  }
  const dims = open < 0 ? stated : stated.with(open, share);
  const fits = dims.every((size) => Number.isInteger(size) && size >= 0) &&
    product(dims) === elements;
  return fits ? recast(x, dims) : call.fail(`[${x.dims}] cannot become [${stated}]`);
};

const flatten: Infer = (call) => {
  const x = call.input(0);
  const rank = x.dims.length;
  const stated = call.int("axis", 1);
  const axis = stated === rank ? rank : call.axis(stated, rank);
  return recast(x, [product(x.dims.slice(0, axis)), product(x.dims.slice(axis))]);
};

const transpose: Infer = (call) => {
  const x = call.input(0);
  const order = call.ints("perm") ?? x.dims.map((_, axis) => x.dims.length - 1 - axis);
  if (order.length !== x.dims.length || `${order.toSorted(ascending)}` !== `${[...order.keys()]}`) {
    call.fail(`perm [${order}] is no order of ${x.dims.length} axes`);
  }
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return [rearrange(x, order.map((axis) => x.dims[axis]), (at) => inverse.map((axis) => at[axis]))];
};

const ascending = (a: number, b: number): number => a - b;

const squeeze: Infer = (call) => {
  const x = call.input(0);
  const axes = call.axes(call.intsOrInput("axes", 1) ?? [], x.dims.length);
  if (axes.some((axis) => x.dims[axis] !== 1)) {
    call.fail(`axes [${axes}] of [${x.dims}] are not all 1`);
  }
  const goes = (size: number, axis: number) => axes.length === 0 ? size === 1 : axes.includes(axis);
  return recast(x, x.dims.filter((size, axis) => !goes(size, axis)));
};

const unsqueeze: Infer = (call) => {
  const x = call.input(0);
  const stated = call.intsOrInput("axes", 1) ?? call.fail("axes are missing");
  const rank = x.dims.length + stated.length;
  const axes = call.axes(stated, rank);
  const rest = [...x.dims];
  return recast(x, Array.from({ length: rank }, (_, i) => axes.includes(i) ? 1 : rest.shift()!));
};

const expand: Infer = (call) => {
  const x = call.input(0);
  const dims = call.broadcast([x.dims, call.integers(1)]);
  return [rearrange(x, dims, (at) => broadcastFrom(at, x.dims))];
};

const tile: Infer = (call) => {
  const x = call.input(0);
  const repeats = call.integers(1);
  if (repeats.length !== x.dims.length) call.fail(`[${repeats}] cannot repeat [${x.dims}]`);
  const dims = x.dims.map((size, axis) => size * repeats[axis]);
  return [rearrange(x, dims, (at) => at.map((i, axis) => i % x.dims[axis]))];
};

const pad: Infer = (call) => {
  const { dims } = call.input(0);
  const stated = call.opset < 11
    ? call.ints("pads") ?? call.fail("attribute pads is missing")
    : call.integers(1);
  const axes = call.optional(3)
    ? call.axes(call.integers(3), dims.length)
    : dims.map((_, axis) => axis);
  if (stated.length !== 2 * axes.length) call.fail(`[${stated}] must pad ${axes.length} axes`);
  const padded = [...dims];
  axes.forEach((axis, i) => padded[axis] += stated[i] + stated[i + axes.length]);
  return [shaped(padded)];
};

const concat: Infer = (call) => {
  const inputs = call.all();
  const [{ dims: first }] = inputs;
  const along = call.axis(call.int("axis"), first.length);
  for (const { dims } of inputs) {
    const fits = dims.length === first.length &&
      dims.every((size, axis) => axis === along || size === first[axis] || call.loose);
    if (!fits) call.fail(`[${first}] and [${dims}] cannot be joined along axis ${along}`);
  }
  const joined = inputs.reduce((sum, input) => sum + input.dims[along], 0);
  const dims = first.map((size, axis) =>
    axis === along
      ? joined
      : call.loose
      ? inputs.reduce((most, input) => Math.max(most, input.dims[axis]), 0)
      : size
  );
  const type = inputs[0].known?.type;
  const known = inputs.every((input) => input.known) && type !== undefined
    ? compute(dims, type, (position) => elementOf(inputs, position, along))
    : null;
  return [{ dims, known }];
};

function elementOf(inputs: readonly TensorFact[], position: number[], along: number): number {
  let at = position[along];
  let input = 0;
  while (at >= inputs[input].dims[along]) at -= inputs[input++].dims[along];
  const { dims, known } = inputs[input];
  return known!.values[offset(position.with(along, at), dims)];
}

const split: Infer = (call) => {
  const x = call.input(0);
  const along = call.axis(call.int("axis", 0), x.dims.length);
  const sizes = call.intsOrInput("split", 1) ?? equalParts(call, x.dims[along]);
  const fits = sizes.length === call.node.outputs.length && sizes.every((size) => size >= 0) &&
    sizes.reduce((a, b) => a + b, 0) === x.dims[along];
  if (!fits) call.fail(`[${x.dims}] cannot be split into [${sizes}] along axis ${along}`);
  let begin = 0;
  return sizes.map((size) => {
    const from = begin;
    begin += size;
    const source = (at: number[]) => at.with(along, at[along] + from);
    return rearrange(x, x.dims.with(along, size), source);
  });
};

/** From opset 18 the last part may be smaller, though not empty. */
function equalParts(call: Call, size: number): number[] {
  const parts = call.node.outputs.length;
  if (call.int("num_outputs", parts) !== parts) call.fail("num_outputs is not how many it has");
  const part = Math.ceil(size / parts);
  const last = size - part * (parts - 1);
  if (last < Math.min(1, size) || (call.opset < 18 && last !== part)) {
    call.fail(`${size} cannot be split into ${parts} parts`);
  }
  return Array<number>(parts).fill(part).with(-1, last);
}

const slice: Infer = (call) => {
  const x = call.input(0);
  // Where to cut depends on data: what is left is no more than what was there.
  const bounds = [1, 2, 3, 4].filter((index) => call.optional(index));
  if (!bounds.every((index) => call.follows(index))) {
    return [{ ...shaped(x.dims), loose: true, asks: [], at_most: x.at_most }];
  }
  const starts = call.intsOrInput("starts", 1) ?? call.fail("starts are missing");
  const ends = call.intsOrInput("ends", 2) ?? call.fail("ends are missing");
  const steps = call.optional(4) ? call.integers(4) : starts.map(() => 1);
  const stated = call.intsOrInput("axes", 3) ?? starts.map((_, axis) => axis);
  const axes = call.axes(stated, x.dims.length);
  if ([ends, steps, axes].some((list) => list.length !== starts.length)) {
    call.fail("starts, ends, axes and steps must be equally many");
  }
  const dims = [...x.dims];
  const from = x.dims.map(() => ({ start: 0, step: 1 }));
  axes.forEach((axis, i) => {
    const step = steps[i] || call.fail("a step of 0 goes nowhere");
    const { start, length } = range({ size: dims[axis], start: starts[i], end: ends[i], step });
    dims[axis] = length;
    from[axis] = { start, step };
  });
  return [rearrange(x, dims, (at) => at.map((i, axis) => from[axis].start + i * from[axis].step))];
};

/** Bounds count from the end where they are negative, and stop at the ends of the axis. */
function range(
  { size, start, end, step }: { size: number; start: number; end: number; step: number },
): { start: number; length: number } {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (at: number, least: number) =>
    Math.min(most, Math.max(least, at < 0 ? at + size : at));
  const first = bound(start, Math.max(0, least));
  return { start: first, length: Math.max(0, Math.ceil((bound(end, least) - first) / step)) };
}

/** Blocks of an image become channels, or the other way round. */
const blocks = (toDepth: boolean): Infer => (call) => {
  const { dims } = call.input(0);
  const block = call.int("blocksize");
  if (dims.length !== 4 || block < 1) call.fail(`[${dims}] has no blocks of ${block}`);
  const [batch, channels, height, width] = dims;
  const sizes = toDepth
    ? [batch, channels * block ** 2, height / block, width / block]
    : [batch, channels / block ** 2, height * block, width * block];
  return sizes.every(Number.isInteger)
    ? [shaped(sizes)]
    : call.fail(`[${dims}] cannot be cut into blocks of ${block}`);
};

const trilu: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  return [shaped(dims)];
};

export const ARRANGEMENTS = {
  Concat: concat,
  DepthToSpace: blocks(false),
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  Slice: slice,
  SpaceToDepth: blocks(true),
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
} satisfies Record<string, Infer>;
