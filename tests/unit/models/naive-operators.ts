/**
 * Convolutions, products and pools as plain loops that count every operation they do.
 * Padding is multiplied, added and compared like everything else, as docs/models.md#operations has it.
 * @module
 */

export interface Input {
  dims: readonly number[];
  data: Float32Array;
}

export interface Done {
  dims: number[];
  data: number[];
  operations: number;
}

export interface ImageWindow {
  kernel: number[];
  strides: number[];
  dilations: number[];
  /** Top, left, bottom, right. */
  pads: number[];
}

interface Place {
  row: number;
  column: number;
  /** Every element under the window: where it is in the kernel and in the image, null in padding. */
  under: { kernelAt: number; imageAt: number | null }[];
}

function* places(height: number, width: number, window: ImageWindow): Iterable<Place> {
  const { kernel, strides, dilations, pads } = window;
  const [tall, wide] = kernel.map((size, i) => (size - 1) * dilations[i] + 1);
  for (let row = 0, top = -pads[0]; top + tall <= height + pads[2]; row++, top += strides[0]) {
    let left = -pads[1];
    for (let column = 0; left + wide <= width + pads[3]; column++, left += strides[1]) {
      const under: Place["under"] = [];
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          const [y, x] = [top + i * dilations[0], left + j * dilations[1]];
          const inside = y >= 0 && y < height && x >= 0 && x < width;
          under.push({ kernelAt: i * kernel[1] + j, imageAt: inside ? y * width + x : null });
        }
      }
      yield { row, column, under };
    }
  }
}

export function conv(
  x: Input,
  w: Input,
  { bias, group, window }: { bias: Float32Array | null; group: number; window: ImageWindow },
): Done {
  const [batch, channels, height, width] = x.dims;
  const [filters, perGroup, ...kernel] = w.dims;
  const taps = kernel[0] * kernel[1];
  const data: number[] = [];
  let operations = 0;
  let last: Place | undefined;
  for (let n = 0; n < batch; n++) {
    for (let f = 0; f < filters; f++) {
      const firstChannel = Math.floor(f / (filters / group)) * perGroup;
      for (last of places(height, width, window)) {
        let sum = 0;
        for (let c = 0; c < perGroup; c++) {
          const plane = (n * channels + firstChannel + c) * height * width;
          for (const { kernelAt, imageAt } of last.under) {
            const value = imageAt === null ? 0 : x.data[plane + imageAt];
            const product = value * w.data[(f * perGroup + c) * taps + kernelAt];
            operations++;
            sum += product;
            operations++;
          }
        }
        if (bias) {
          sum += bias[f];
          operations++;
        }
        data.push(sum);
      }
    }
  }
  return { dims: [batch, filters, last!.row + 1, last!.column + 1], data, operations };
}

/** Every input element is spread over the kernel; what falls into the padding is cut off after. */
export function convTranspose(
  x: Input,
  w: Input,
  { bias, group, window }: { bias: Float32Array | null; group: number; window: ImageWindow },
): Done {
  const [batch, channels, height, width] = x.dims;
  const [, perGroup, tall, wide] = w.dims;
  const { strides, dilations, pads } = window;
  const fullHeight = (height - 1) * strides[0] + (tall - 1) * dilations[0] + 1;
  const fullWidth = (width - 1) * strides[1] + (wide - 1) * dilations[1] + 1;
  const filters = perGroup * group;
  const full = new Float64Array(batch * filters * fullHeight * fullWidth);
  let operations = 0;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < perGroup; f++) {
        const filter = Math.floor(c / (channels / group)) * perGroup + f;
        for (let y = 0; y < height; y++) {
          for (let z = 0; z < width; z++) {
            for (let i = 0; i < tall; i++) {
              for (let j = 0; j < wide; j++) {
                const product = x.data[((n * channels + c) * height + y) * width + z] *
                  w.data[((c * perGroup + f) * tall + i) * wide + j];
                operations++;
                const row = y * strides[0] + i * dilations[0];
                const column = z * strides[1] + j * dilations[1];
                full[((n * filters + filter) * fullHeight + row) * fullWidth + column] += product;
                operations++;
              }
            }
          }
        }
      }
    }
  }
  const dims = [
    batch,
    filters,
    fullHeight - pads[0] - pads[2],
    fullWidth - pads[1] - pads[3],
  ];
  const data: number[] = [];
  for (let plane = 0; plane < batch * filters; plane++) {
    for (let row = 0; row < dims[2]; row++) {
      for (let column = 0; column < dims[3]; column++) {
        let value = full[(plane * fullHeight + row + pads[0]) * fullWidth + column + pads[1]];
        if (bias) {
          value += bias[plane % filters];
          operations++;
        }
        data.push(value);
      }
    }
  }
  return { dims, data, operations };
}

export function pool(x: Input, kind: "max" | "average", window: ImageWindow): Done {
  const [batch, channels, height, width] = x.dims;
  const data: number[] = [];
  let operations = 0;
  let last: Place | undefined;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (last of places(height, width, window)) {
      let result = kind === "max" ? -Infinity : 0;
      for (const { imageAt } of last.under) {
        const value = imageAt === null ? null : x.data[plane * height * width + imageAt];
        if (kind === "max") result = Math.max(result, value ?? -Infinity);
        else result += value ?? 0;
        operations++;
      }
      if (kind === "average") {
        result /= last.under.length;
        operations++;
      }
      data.push(result);
    }
  }
  return { dims: [batch, channels, last!.row + 1, last!.column + 1], data, operations };
}

/** Of stacks of matrices that are equally many, or one on either side. */
export function matMul(a: Input, b: Input): Done {
  const [rows, inner] = a.dims.slice(-2);
  const columns = b.dims.at(-1)!;
  const stack = (dims: readonly number[]) => dims.slice(0, -2).reduce((n, size) => n * size, 1);
  const matrices = Math.max(stack(a.dims), stack(b.dims));
  const data: number[] = [];
  let operations = 0;
  for (let m = 0; m < matrices; m++) {
    const left = (stack(a.dims) === 1 ? 0 : m) * rows * inner;
    const right = (stack(b.dims) === 1 ? 0 : m) * inner * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const product = a.data[left + row * inner + k] * b.data[right + k * columns + column];
          operations++;
          sum += product;
          operations++;
        }
        data.push(sum);
      }
    }
  }
  const before = (stack(a.dims) >= stack(b.dims) ? a : b).dims.slice(0, -2);
  return { dims: [...before, rows, columns], data, operations };
}

/** alpha A B + beta C, with C one row. */
export function gemm(
  a: Input,
  b: Input,
  { c, alpha, beta }: { c: Float32Array | null; alpha: number; beta: number },
): Done {
  const { dims, data, operations: multiplied } = matMul(a, b);
  let operations = multiplied;
  const scaled = data.map((value) => {
    if (alpha === 1) return value;
    operations++;
    return alpha * value;
  });
  const row = c && [...c].map((value) => {
    if (beta === 1) return value;
    operations++;
    return beta * value;
  });
  const sums = scaled.map((value, i) => {
    if (!row) return value;
    operations++;
    return value + row[i % row.length];
  });
  return { dims, data: sums, operations };
}
