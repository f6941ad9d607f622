/**
 * Operators of signal processing: Fourier transforms, windows, and random numbers.
 * @module
 */

import type { Call, Infer } from "./call.ts";
import { type Inferred, shaped } from "./tensor.ts";

/** One number that decides about a shape. */
function sizeOf(call: Call, index: number): number {
  const [size] = call.integers(index);
  return Number.isSafeInteger(size) && size >= 0 ? size : call.fail(`${size} is no size`);
}

const dft: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  const stated = call.optional(2)
    ? call.integers(2)[0]
    : call.int("axis", call.opset < 20 ? 1 : -2);
  const axis = call.axis(stated, dims.length);
  if (axis === dims.length - 1) call.fail("it goes along the axis of complex numbers");
  const length = call.optional(1) ? sizeOf(call, 1) : dims[axis];
  const isInverse = call.int("inverse", 0) === 1;
  const isOneSided = call.int("onesided", 0) === 1;
  const bins = isOneSided && !isInverse ? Math.floor(length / 2) + 1 : length;
  return [shaped(dims.with(axis, bins).with(-1, isOneSided && isInverse ? 1 : 2))];
};

const stft: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  const step = sizeOf(call, 1);
  const window = call.optional(2)?.dims[0];
  const length = call.optional(3) ? sizeOf(call, 3) : window ?? call.fail("it has no frame length");
  if (step < 1 || length < 1 || length > dims[1]) {
    call.fail(`frames of ${length} every ${step} do not fit into [${dims}]`);
  }
  if (window !== undefined && window !== length) call.fail("its window is not as long as a frame");
  const bins = call.int("onesided", 1) === 1 ? Math.floor(length / 2) + 1 : length;
  return [shaped([dims[0], Math.floor((dims[1] - length) / step) + 1, bins, 2])];
};

const window: Infer = (call) => [shaped([sizeOf(call, 0)])];

const melWeights: Infer = (
  call,
) => [shaped([Math.floor(sizeOf(call, 1) / 2) + 1, sizeOf(call, 0)])];

const random: Infer = (call) => [shaped(call.ints("shape") ?? call.fail("shape is missing"))];

/** As large as the input, and of elements that nobody can know. */
const randomLike: Infer = (call) => [unknown(shaped(call.input(0).dims))];

const unknown = (one: Inferred): Inferred => ({ ...one, asks: [] });

const multinomial: Infer = (call) => {
  const { dims } = call.input(0);
  if (dims.length !== 2) call.fail(`[${dims}] must be batches of classes`);
  return [unknown(shaped([dims[0], call.int("sample_size", 1)]))];
};

export const SIGNALS = {
  Bernoulli: randomLike,
  BlackmanWindow: window,
  DFT: dft,
  HammingWindow: window,
  HannWindow: window,
  MelWeightMatrix: melWeights,
  Multinomial: multinomial,
  RandomNormal: random,
  RandomNormalLike: randomLike,
  RandomUniform: random,
  RandomUniformLike: randomLike,
  STFT: stft,
} satisfies Record<string, Infer>;
