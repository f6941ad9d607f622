/**
 * Resize, in the versions that the opsets went through.
 * @module
 */

import type { Call, Infer } from "./call.ts";
import { type Dims, shaped } from "./tensor.ts";

const MODES = ["nearest", "linear", "cubic"];

const resize: Infer = (call) => {
  const { dims } = call.input(0);
  const mode = call.text("mode", "nearest");
  if (!MODES.includes(mode)) call.fail(`mode "${mode.slice(0, 20)}" is not in the list`);
  const refuse = (what: string) => call.fail(`${what} is not in the list`);
  if (call.int("antialias", 0) !== 0) refuse("antialias");
  const isCrop = call.text("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  // With scales, the region that data name decides about the size, too.
  if (isCrop && (call.optional(3)?.dims[0] ?? 0) === 0) {
    refuse("coordinate_transformation_mode tf_crop_and_resize without sizes");
  }
  if (call.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    refuse("keep_aspect_ratio_policy");
  }
  const axes = call.axes(call.ints("axes") ?? dims.map((_, axis) => axis), dims.length);
  const sizes = sizesOf(call, axes.map((axis) => dims[axis]));
  if (sizes.length !== axes.length) call.fail(`[${sizes}] must have ${axes.length} sizes`);
  const resized = [...dims];
  axes.forEach((axis, i) => resized[axis] = sizes[i]);
  return [shaped(resized)];
};

/** From scales or sizes; the one that is not used is left out, or empty. */
function sizesOf(call: Call, dims: Dims): readonly number[] {
  const isGiven = (index: number) => (call.optional(index)?.dims[0] ?? 0) > 0;
  if (isGiven(3)) return call.integers(3);
  // Before opset 11 no region of interest stood before the scales.
  const index = call.opset < 11 ? 1 : 2;
  if (!isGiven(index)) call.fail("it has neither scales nor sizes");
  const scales = call.values(index);
  if (scales.length !== dims.length) call.fail(`[${scales}] must be ${dims.length} scales`);
  // In float32, as ONNX Runtime does.
  return dims.map((size, i) => Math.trunc(Math.fround(size * scales[i])));
}

/** The Resize of opset 9 and before: scales, as an input or an attribute. */
const upsample: Infer = (call) => {
  const { dims } = call.input(0);
  const scales = call.floats("scales") ?? call.values(1);
  if (scales.length !== dims.length) call.fail(`[${scales}] must be ${dims.length} scales`);
  return [shaped(dims.map((size, i) => Math.trunc(Math.fround(size * scales[i]))))];
};

export const RESIZING = { Resize: resize, Upsample: upsample } satisfies Record<string, Infer>;
