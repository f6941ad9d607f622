/**
 * The built-in models: what each takes, gives, may be asked and costs, as pure data and arithmetic; and
 * what a model is to the rest of the mesh, built in or uploaded. Runs in workerd and Deno: no files, no
 * ONNX. Not its job: the graphs (graph/), uploaded models (upload/) and running them.
 *
 * @example
 * ```ts
 * import { checkShapes, MODELS } from "./catalogue.ts";
 *
 * const spec = MODELS.get("scene-indices")!;
 * const error = checkShapes(spec, [[1, 5, 8, 8]]);
 * // Input "reflectance" has shape [1,5,8,8]: dimension 1 must be 6
 * ```
 * @module
 */

import type { Tensor, TensorSpec } from "../contract/tensor.ts";
import type { UploadedModel } from "../contract/uploaded-model.ts";
import { COSTS } from "./costs.ts";
import { DRIVE_RSS } from "./drive-rss.ts";
import { total } from "./operations/operation-count.ts";
import type { CostTerm, Dim, Limit, Outline, TensorOutline } from "./outline.ts";
import { SCENE_INDICES } from "./scene-indices.ts";
import { TELEMETRY_ANOMALY } from "./telemetry-anomaly.ts";

/** A model, built in or uploaded. Shapes are in the order of its inputs, sizes slowest dimension first. */
export interface ModelSpec {
  name: string;
  version: string;
  title: string;
  description: string;
  platform: "onnxruntime_onnx";
  inputs: TensorSpec[];
  outputs: TensorSpec[];
  /** The dimensions of each input, with the free ones named as `limits` names them. */
  dims: readonly (readonly Dim[])[];
  /** The same of each output. */
  output_dims: readonly (readonly Dim[])[];
  /** The first dimension of every input and output, where asks may be joined along it. */
  batch: string | null;
  /** The dimension along which a large run may be cut into pieces. */
  tile: string | null;
  limits: readonly Limit[];
  /** What the model takes of a node's (modelled) model memory: its file, rounded up to whole MiB. */
  memory_bytes: number;
  /** Size of the ONNX file. */
  file_bytes: number;
  /** The version that a tenant has uploaded; null for a built-in model. */
  uploaded: UploadedModel | null;
  /**
   * Arithmetic operations of one run, counted from the graph; the rule: docs/models.md#operations.
   * Shapes must have passed checkShapes().
   * @param inputs where they are at hand: those of an uploaded model may decide about shapes
   * @throws ModelError where the shapes do not fit into an uploaded model, or are too large for any node
   */
  operations(inputShapes: number[][], inputs?: readonly Tensor[]): number;
  /**
   * The shapes of the outputs, for shapes that have passed checkShapes(). Of an uploaded model, sizes
   * that depend on data are upper bounds.
   * @throws ModelError as operations() does
   */
  outputShapes(inputShapes: number[][], inputs?: readonly Tensor[]): number[][];
}

const MEBIBYTE = 2 ** 20;

/** All built-in models by name, in the order in which they are listed and launched. */
export const MODELS: ReadonlyMap<string, ModelSpec> = new Map(
  [SCENE_INDICES, TELEMETRY_ANOMALY, DRIVE_RSS].map((outline) => [outline.name, spec(outline)]),
);

/**
 * Says why a model cannot take inputs of these shapes.
 * @param shapes one for each input, in the model's order
 * @returns a sentence without its period, for the caller; null if it can take them
 */
export function checkShapes(spec: ModelSpec, shapes: number[][]): string | null {
  if (shapes.length !== spec.inputs.length) {
    return `Model "${spec.name}" takes ${spec.inputs.length} input, got ${shapes.length}`;
  }
  const sizes = new Map<string, number>();
  for (const [i, { name }] of spec.inputs.entries()) {
    const wrong = checkShape(spec.dims[i], shapes[i], sizes);
    if (wrong) return `Input "${name}" has shape [${shapes[i]}]: ${wrong}`;
  }
  for (const [i, { name }] of spec.inputs.entries()) {
    const wrong = checkLimits(spec, sizes, { name, shape: shapes[i] });
    if (wrong) return wrong;
  }
  return null;
}

/**
 * Checks one input by itself, as soon as its shape is known: before anything is held for it.
 * @param name of one of the model's inputs
 * @param shape as sent: any numbers
 * @returns why the model cannot take this shape, as a sentence without its full stop; null if it can, as
 *   far as the other inputs do not matter
 */
export function checkInputShape(spec: ModelSpec, name: string, shape: number[]): string | null {
  const i = spec.inputs.findIndex((input) => input.name === name);
  const sizes = new Map<string, number>();
  const wrong = checkShape(spec.dims[i], shape, sizes);
  if (wrong) return `Input "${name}" has shape [${shape}]: ${wrong}`;
  return checkLimits(spec, sizes, { name, shape });
}

/**
 * How many elements an input may have at most.
 * @param input its place among the model's inputs
 * @returns Infinity where no limit bounds one of its free dimensions
 */
export function elementsMax(spec: ModelSpec, input: number): number {
  const free = new Set(spec.dims[input].filter((dim) => typeof dim === "string"));
  let elements = spec.dims[input].reduce<number>(
    (n, dim) => typeof dim === "number" ? n * dim : n,
    1,
  );
  for (const { of, max } of spec.limits) {
    if (of.length === 0 || !of.every((dim) => free.has(dim))) continue;
    elements *= max;
    for (const dim of of) free.delete(dim);
  }
  return free.size > 0 ? Infinity : elements;
}

/** Checks the limits that name a dimension of this input, as far as their sizes are known. */
function checkLimits(
  spec: ModelSpec,
  sizes: ReadonlyMap<string, number>,
  { name, shape }: { name: string; shape: number[] },
): string | null {
  const dims = spec.dims[spec.inputs.findIndex((input) => input.name === name)];
  for (const { of, min, max, prevents } of spec.limits) {
    if (!dims.includes(of[0]) || !of.every((dim) => sizes.has(dim))) continue;
    const size = of.reduce((product, dim) => product * sizes.get(dim)!, 1);
    if (size >= min && size <= max) continue;
    return `Input "${name}" has shape [${shape}]: ` +
      `${of.join(" * ")} must be ${min} to ${max}, not ${size}; this prevents ${prevents}`;
  }
  return null;
}

/** Checks one input and notes the sizes of its free dimensions. */
function checkShape(
  dims: readonly Dim[],
  shape: number[],
  sizes: Map<string, number>,
): string | null {
  if (shape.length !== dims.length) {
    return `it must have ${dims.length} dimensions, not ${shape.length}`;
  }
  for (const [axis, dim] of dims.entries()) {
    const size = shape[axis];
    if (typeof dim === "number") {
      if (size !== dim) return `dimension ${axis} must be ${dim}`;
      continue;
    }
    if (!Number.isSafeInteger(size) || size < 1) {
      return `dimension ${axis} must be a positive integer`;
    }
    if ((sizes.get(dim) ?? size) !== size) {
      return `dimension ${axis} must be ${sizes.get(dim)}, as ${dim} of an earlier input is`;
    }
    sizes.set(dim, size);
  }
  return null;
}

function spec(outline: Outline): ModelSpec {
  const { name, version, title, description, batch, tile, limits } = outline;
  const { file_bytes, operations } = COSTS[name];
  const dims = outline.inputs.map((input) => input.dims);
  return {
    name,
    version,
    title,
    description,
    platform: "onnxruntime_onnx",
    inputs: outline.inputs.map(tensorSpec),
    outputs: outline.outputs.map(tensorSpec),
    dims,
    output_dims: outline.outputs.map((output) => output.dims),
    batch,
    tile,
    limits,
    memory_bytes: Math.ceil(file_bytes / MEBIBYTE) * MEBIBYTE,
    file_bytes,
    uploaded: null,
    operations: (shapes) => count(operations, sizesOf(dims, shapes)),
    outputShapes(shapes) {
      const sizes = sizesOf(dims, shapes);
      return outline.outputs.map((output) => output.dims.map((dim) => sizes(dim)));
    },
  };
}

function tensorSpec({ name, datatype, dims }: TensorOutline): TensorSpec {
  return { name, datatype, shape: dims.map((dim) => typeof dim === "number" ? dim : -1) };
}

/** The size of every dimension, for shapes that checkShapes() has passed. */
function sizesOf(dims: readonly (readonly Dim[])[], shapes: number[][]): (dim: Dim) => number {
  const sizes = new Map<Dim, number>();
  dims.forEach((names, i) => names.forEach((dim, axis) => sizes.set(dim, shapes[i][axis])));
  return (dim) => typeof dim === "number" ? dim : sizes.get(dim)!;
}

function count(costs: readonly CostTerm[], size: (dim: Dim) => number): number {
  return total(costs.map(({ count, of, log2 }) => ({
    count,
    of: of.map(size),
    ...(log2 && { log2: size(log2) }),
  })));
}
