/**
 * Operators that read an image between its pixels, or in regions that data names.
 * @module
 */

import type { Infer } from "./call.ts";
import { shaped } from "./tensor.ts";
import { product } from "./operation-count.ts";

const gridSample: Infer = (call) => {
  const [x, grid] = [call.input(0).dims, call.input(1).dims];
  const axes = x.length - 2;
  if (axes < 1 || grid.length !== x.length || grid.at(-1) !== axes || grid[0] !== x[0]) {
    call.fail(`[${grid}] is no grid over [${x}]`);
  }
  return [shaped([x[0], x[1], ...grid.slice(1, -1)])];
};

const roiAlign: Infer = (call) => {
  const [x, rois] = [call.input(0).dims, call.input(1).dims];
  if (x.length !== 4 || rois.length !== 2) call.fail(`[${rois}] are no regions of [${x}]`);
  call.input(2);
  if (call.int("sampling_ratio", 0) < 1) {
    call.fail("without a sampling_ratio it samples as often as data say: fix it");
  }
  return [shaped([rois[0], x[1], call.int("output_height", 1), call.int("output_width", 1)])];
};

const maxRoiPool: Infer = (call) => {
  const [x, rois] = [call.input(0).dims, call.input(1).dims];
  const pooled = call.ints("pooled_shape") ?? call.fail("attribute pooled_shape is missing");
  if (x.length !== 4 || rois.length !== 2 || pooled.length !== 2) {
    call.fail(`[${rois}] are no regions of [${x}]`);
  }
  return [shaped([rois[0], x[1], ...pooled])];
};

const maxUnpool: Infer = (call) => {
  const { dims } = call.input(0);
  if (call.optional(2)) return [shaped(call.integers(2))];
  const kernel = call.ints("kernel_shape") ?? call.fail("attribute kernel_shape is missing");
  const strides = call.ints("strides") ?? kernel.map(() => 1);
  const pads = call.ints("pads") ?? [...kernel, ...kernel].map(() => 0);
  const axes = dims.length - 2;
  if (kernel.length !== axes || strides.length !== axes || pads.length !== 2 * axes) {
    call.fail(`its window must have ${axes} dimensions`);
  }
  const sizes = kernel.map((size, i) =>
    (dims[i + 2] - 1) * strides[i] - pads[i] - pads[i + axes] + size
  );
  return [shaped([...dims.slice(0, 2), ...sizes])];
};

const columnsToImage: Infer = (call) => {
  const [x, image, block] = [call.input(0).dims, call.integers(1), call.integers(2)];
  const taps = product(block);
  if (x.length !== 3 || taps < 1 || x[1] % taps !== 0) {
    call.fail(`[${x}] are no columns of blocks [${block}]`);
  }
  return [shaped([x[0], x[1] / taps, ...image])];
};

const affineGrid: Infer = (call) => {
  const size = call.integers(1);
  if (size.length < 4) call.fail(`[${size}] is no size of an image`);
  call.input(0);
  return [shaped([size[0], ...size.slice(2), size.length - 2])];
};

export const SAMPLING = {
  AffineGrid: affineGrid,
  Col2Im: columnsToImage,
  GridSample: gridSample,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
  RoiAlign: roiAlign,
} satisfies Record<string, Infer>;
