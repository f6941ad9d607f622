/**
 * Which kind of model an execution ran, and the answers that a built-in model can give.
 * @module
 */
import type { ReceiptJson } from "../contract/money.ts";
import { elementBytes } from "../contract/tensor.ts";
import { checkShapes, MODELS, type ModelSpec } from "../models/catalogue.ts";

/** `tokens`: a language model; `uploaded`: a tenant's own, whose shapes are not exported. */
export type ModelKind = "built_in" | "uploaded" | "tokens";

/** Tells the kind of the model that a receipt is of. */
export const kindOf = ({ model, prompt_tokens }: ReceiptJson): ModelKind =>
  prompt_tokens !== null ? "tokens" : MODELS.has(model) ? "built_in" : "uploaded";

/**
 * The operations that a built-in model takes for an answer of so many bytes, for each of the shapes that
 * give such an answer.
 * @returns ascending; none where no answer of the model has so many bytes
 */
export function operationsOfAnswer(spec: ModelSpec, bytes: number): number[] {
  const free = [...new Set(spec.dims.flat().filter((dim) => typeof dim === "string"))];
  const shapesOf = (sizes: readonly number[]) =>
    spec.dims.map((dims) =>
      dims.map((dim) => typeof dim === "number" ? dim : sizes[free.indexOf(dim)])
    );
  const one = bytesOf(spec, shapesOf(free.map(() => 1)));
  const elements = bytes / one;
  if (!Number.isInteger(elements) || elements < 1 || free.length > 2) return [];
  const found = new Set<number>();
  for (const sizes of factorsOf(elements, free.length)) {
    const shapes = shapesOf(sizes);
    if (checkShapes(spec, shapes) === null && bytesOf(spec, shapes) === bytes) {
      found.add(spec.operations(shapes));
    }
  }
  return [...found].sort((a, b) => a - b);
}

function bytesOf(spec: ModelSpec, shapes: number[][]): number {
  return spec.outputShapes(shapes).reduce((sum, shape, i) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    return sum + elements * (elementBytes(spec.outputs[i].datatype) ?? NaN);
  }, 0);
}

/** All ways to write a number as a product of one or two. */
function* factorsOf(product: number, count: number): Generator<number[]> {
  if (count < 2) return yield [product];
  for (let a = 1; a * a <= product; a++) {
    if (product % a !== 0) continue;
    yield [a, product / a];
    if (a * a !== product) yield [product / a, a];
  }
}
