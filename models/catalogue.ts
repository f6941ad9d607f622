/**
 * The built-in models: what each takes, gives, may be asked and costs, as pure data and arithmetic.
 * Runs in workerd and Deno: no files, no ONNX. Not its job: the graphs (graph/) and running them.
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

import type { TensorSpec } from "../contract/tensor.ts";
import { COSTS } from "./costs.ts";
import { DRIVE_RSS } from "./drive-rss.ts";
import { total } from "./operations/operation-count.ts";
import type { Cost, Dim, Limit, Outline, TensorOutline } from "./outline.ts";
import { SCENE_INDICES } from "./scene-indices.ts";
import { TELEMETRY_ANOMALY } from "./telemetry-anomaly.ts";

/** A built-in model. Shapes are in the order of its inputs, sizes slowest dimension first. */
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
  /** The first dimension of every input and output, where asks may be joined along it. */
  batch: string | null;
  limits: readonly Limit[];
  /** What the model takes of a node's (modelled) model memory: its file, rounded up to whole MiB. */
  memory_bytes: number;
  /** Size of the ONNX file. */
  file_bytes: number;
  /**
   * Arithmetic operations of one run, counted from the graph; the rule: docs/models.md#operations.
   * Shapes must have passed checkShapes().
   */
  operations(inputShapes: number[][]): number;
  /** The shapes of the outputs, for shapes that have passed checkShapes(). */
  outputShapes(inputShapes: number[][]): number[][];
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
  for (const { of, min, max, prevents } of spec.limits) {
    const size = of.reduce((product, dim) => product * sizes.get(dim)!, 1);
    if (size >= min && size <= max) continue;
    const input = spec.dims.findIndex((dims) => dims.includes(of[0]));
    return `Input "${spec.inputs[input].name}" has shape [${shapes[input]}]: ` +
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
    if (typeof dim === "number" && size !== dim) return `dimension ${axis} must be ${dim}`;
    if (!Number.isSafeInteger(size) || size < 1) {
      return `dimension ${axis} must be a positive integer`;
    }
    if (typeof dim === "number") continue;
    if ((sizes.get(dim) ?? size) !== size) {
      return `dimension ${axis} must be ${sizes.get(dim)}, as ${dim} of an earlier input is`;
    }
    sizes.set(dim, size);
  }
  return null;
}

function spec(outline: Outline): ModelSpec {
  const { name, version, title, description, batch, limits } = outline;
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
    batch,
    limits,
    memory_bytes: Math.ceil(file_bytes / MEBIBYTE) * MEBIBYTE,
    file_bytes,
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

function count(costs: readonly Cost[], size: (dim: Dim) => number): number {
  return total(costs.map(({ count, of, log2 }) => ({
    count,
    of: of.map(size),
    ...(log2 && { log2: size(log2) }),
  })));
}
