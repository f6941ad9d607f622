/**
 * Cuts a large run into pieces along a dimension whose elements the model treats by themselves
 * (outline.ts), and puts the outputs together again: the engine's memory follows the piece and not the run,
 * what a model works out in between stays in the processor's cache, and others are served between two
 * pieces. Tests hold that the outputs are those of one run, bit for bit.
 * @module
 */
import type { Tensor, TensorData } from "../contract/tensor.ts";
import type { ModelSpec } from "./catalogue.ts";

// 1 MB of FP32: in an isolate a run of a tenth of the engine's memory for the largest scene, and of 5 ms.
const ELEMENTS_MAX = 2 ** 18;

/** What runs the pieces. */
export interface TileRunner {
  /** Runs one piece. @returns the outputs in the order of the model's specification */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** Lets others have their turn between two pieces. */
  pause(): Promise<void>;
}

/**
 * Runs a model on inputs that have been checked against it, in as many pieces as it takes.
 * @returns the outputs in the order of the model's specification
 */
export async function runInTiles(
  spec: ModelSpec,
  inputs: readonly Tensor[],
  runner: TileRunner,
): Promise<Tensor[]> {
  const elements = inputs.reduce((sum, { data }) => sum + data.length, 0);
  if (spec.tile === null || elements <= ELEMENTS_MAX) return await runner.run(inputs);
  const { tile } = spec;
  const axes = spec.dims.map((dims) => dims.indexOf(tile));
  const size = inputs[0].shape[axes[0]];
  const rows = Math.max(1, Math.floor(size * ELEMENTS_MAX / elements));
  const whole: Tensor[] = [];
  for (let from = 0; from < size; from += rows) {
    const to = Math.min(size, from + rows);
    const piece = await runner.run(
      inputs.map((input, i) => cut(input, { axis: axes[i], from, to })),
    );
    for (const [i, output] of piece.entries()) {
      const axis = spec.output_dims[i].indexOf(tile);
      whole[i] ??= wholeOf(output, axis, size);
      paste(output, whole[i], { axis, from });
    }
    await runner.pause();
  }
  return whole;
}

type Typed = Exclude<TensorData, Uint8Array[]>;

/** A copy of the slices `from` to `to`, not included, along an axis. */
function cut(
  tensor: Tensor,
  { axis, from, to }: { axis: number; from: number; to: number },
): Tensor {
  const shape = tensor.shape.with(axis, to - from);
  const { outer, inner } = strides(tensor.shape, axis);
  const data = tensor.data as Float32Array;
  const piece = madeLike(data, outer * (to - from) * inner);
  const [step, width] = [tensor.shape[axis] * inner, (to - from) * inner];
  for (let i = 0; i < outer; i++) {
    piece.set(data.subarray(i * step + from * inner, i * step + from * inner + width), i * width);
  }
  return { ...tensor, shape, data: piece };
}

function wholeOf(piece: Tensor, axis: number, size: number): Tensor {
  const shape = piece.shape.with(axis, size);
  const { outer, inner } = strides(shape, axis);
  return { ...piece, shape, data: madeLike(piece.data as Float32Array, outer * size * inner) };
}

function paste(piece: Tensor, whole: Tensor, { axis, from }: { axis: number; from: number }): void {
  const { outer, inner } = strides(whole.shape, axis);
  const [step, width] = [whole.shape[axis] * inner, piece.shape[axis] * inner];
  const [source, target] = [piece.data as Float32Array, whole.data as Float32Array];
  for (let i = 0; i < outer; i++) {
    target.set(source.subarray(i * width, (i + 1) * width), i * step + from * inner);
  }
}

// Of any datatype: the compiler is told of one.
function madeLike(data: Typed, length: number): Float32Array {
  const Type = data.constructor as new (length: number) => Float32Array;
  return new Type(length);
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

const strides = (shape: readonly number[], axis: number) => ({
  outer: product(shape.slice(0, axis)),
  inner: product(shape.slice(axis + 1)),
});
