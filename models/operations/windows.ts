/**
 * Operators that move a window over an image of any number of dimensions: convolutions and pools.
 * Sizes as ONNX Runtime computes them; tests/models/ holds the two together.
 * @module
 */

import { Call, type Infer } from "./call.ts";
import { type Dims, shaped } from "./tensor.ts";

/** Two dimensions stand before those of the image: batch and channels. */
const LEADING = 2;

interface Window {
  kernel: Dims;
  strides: Dims;
  dilations: Dims;
  /** What is added to an axis at both ends together. */
  pads: Dims;
  /** Of each axis, where it begins. */
  begins: Dims;
  autoPad: string;
}

const AUTO_PADS = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"];

function windowOf(call: Call, kernel: Dims): Window {
  const axes = kernel.length;
  const list = (name: string, otherwise: number, length: number, least: number) => {
    const values = call.ints(name) ?? Array<number>(length).fill(otherwise);
    const fits = values.length === length && values.every((value) => value >= least);
    return fits
      ? values
      : call.fail(`${name} [${values}] must be ${length} integers from ${least}`);
  };
  const autoPad = call.text("auto_pad", "NOTSET");
  if (!AUTO_PADS.includes(autoPad)) call.fail(`auto_pad "${autoPad.slice(0, 20)}" is unknown`);
  const stated = list("pads", 0, 2 * axes, 0);
  const pads = autoPad === "NOTSET" ? stated : stated.map(() => 0);
  const dilations = list("dilations", 1, axes, 1);
  if (autoPad.startsWith("SAME") && dilations.some((step) => step !== 1)) {
    call.fail(`dilations [${dilations}] have no defined size under auto_pad ${autoPad}`);
  }
  if (!kernel.every((size) => size >= 1)) call.fail(`kernel [${kernel}] must be positive`);
  return {
    kernel,
    strides: list("strides", 1, axes, 1),
    dilations,
    pads: kernel.map((_, i) => pads[i] + pads[i + axes]),
    begins: pads.slice(0, axes),
    autoPad,
  };
}

/** The sizes of an image after the window has gone over it. */
function slide(call: Call, image: Dims, window: Window, ceilMode = false): number[] {
  return image.map((size, i) => {
    const stride = window.strides[i];
    if (window.autoPad.startsWith("SAME")) return Math.ceil(size / stride);
    const room = size + window.pads[i] - extent(window, i);
    if (room < 0) call.fail(`a window of ${extent(window, i)} does not fit into [${image}]`);
    const steps = (ceilMode ? Math.ceil : Math.floor)(room / stride) + 1;
    // A window that would begin behind the image, in its padding, is left out.
    const isOutside = ceilMode && (steps - 1) * stride >= size + window.begins[i];
    return isOutside ? steps - 1 : steps;
  });
}

const extent = ({ kernel, dilations }: Window, axis: number): number =>
  (kernel[axis] - 1) * dilations[axis] + 1;

/** Batch, channels and the image of the first input. */
function imageOf(call: Call): { batch: number; channels: number; image: Dims } {
  const { dims } = call.input(0);
  call.rank(dims, LEADING + 1);
  return { batch: dims[0], channels: dims[1], image: dims.slice(LEADING) };
}

function weightsOf(call: Call, image: Dims): Dims {
  const { dims } = call.input(1);
  const kernel = dims.slice(LEADING);
  if (dims.length !== image.length + LEADING) {
    call.fail(`weights [${dims}] must have ${image.length + LEADING} dimensions`);
  }
  const stated = call.ints("kernel_shape") ?? kernel;
  if (`${stated}` !== `${kernel}`) call.fail(`weights [${dims}] do not have kernel [${stated}]`);
  return dims;
}

function groupOf(call: Call): number {
  const group = call.int("group", 1);
  return group >= 1 ? group : call.fail(`group ${group} must be at least 1`);
}

function checkBias(call: Call, channels: number): void {
  const bias = call.optional(2);
  if (bias && `${bias.dims}` !== `${channels}`) {
    call.fail(`bias [${bias.dims}] must have shape [${channels}]`);
  }
}

const conv: Infer = (call) => {
  const { batch, channels, image } = imageOf(call);
  const weights = weightsOf(call, image);
  const group = groupOf(call);
  if (channels !== weights[1] * group || weights[0] % group !== 0) {
    call.fail(`weights [${weights}] in ${group} groups do not fit ${channels} channels`);
  }
  checkBias(call, weights[0]);
  const window = windowOf(call, weights.slice(LEADING));
  return [shaped([batch, weights[0], ...slide(call, image, window)])];
};

/** Its input 2 are offsets of its taps, and the bias stands behind them. */
const deformConv: Infer = (call) => {
  const inputs = [call.input(0), call.input(1), call.optional(3)];
  call.input(2);
  return conv(new Call(call.node, inputs, call.opset));
};

const convTranspose: Infer = (call) => {
  const { batch, channels, image } = imageOf(call);
  const weights = weightsOf(call, image);
  const group = groupOf(call);
  if (channels !== weights[0] || channels % group !== 0) {
    call.fail(`weights [${weights}] in ${group} groups do not fit ${channels} channels`);
  }
  checkBias(call, weights[1] * group);
  const window = windowOf(call, weights.slice(LEADING));
  const more = call.ints("output_padding") ?? image.map(() => 0);
  const stated = call.ints("output_shape");
  if (more.length !== image.length || (stated && stated.length !== image.length)) {
    call.fail(`output_padding and output_shape must have ${image.length} integers`);
  }
  const sizes = stated ?? image.map((size, i) => {
    const full = (size - 1) * window.strides[i] + more[i] + extent(window, i) - window.pads[i];
    // SAME only cuts off, and ONNX Runtime adds nothing where a stride is wider than the window.
    return window.autoPad.startsWith("SAME") ? Math.min(full, size * window.strides[i]) : full;
  });
  return [shaped([batch, weights[1] * group, ...sizes])];
};

const pool: Infer = (call) => {
  const { batch, channels, image } = imageOf(call);
  const kernel = call.ints("kernel_shape") ?? call.fail("attribute kernel_shape is missing");
  if (kernel.length !== image.length) {
    call.fail(`kernel [${kernel}] must have ${image.length} dimensions`);
  }
  const window = windowOf(call, kernel);
  const sizes = slide(call, image, window, call.int("ceil_mode", 0) === 1);
  return call.node.outputs.map(() => shaped([batch, channels, ...sizes]));
};

const globalPool: Infer = (call) => {
  const { batch, channels, image } = imageOf(call);
  return [shaped([batch, channels, ...image.map(() => 1)])];
};

export const WINDOWS = {
  AveragePool: pool,
  Conv: conv,
  ConvTranspose: convTranspose,
  DeformConv: deformConv,
  GlobalAveragePool: globalPool,
  GlobalLpPool: globalPool,
  GlobalMaxPool: globalPool,
  LpPool: pool,
  MaxPool: pool,
} satisfies Record<string, Infer>;
