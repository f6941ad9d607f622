/**
 * Joins independent asks of one model into one run, and takes its outputs apart again: for a model that
 * treats the elements of its `batch` dimension by themselves (models/outline.ts); tests hold each to it,
 * bit for bit. Asks hold their inputs in the model's order and have been checked one by one.
 * Not its job: who waits for whom, and what a joined run costs.
 *
 * @example
 * ```ts
 * if (joinable(spec, asks)) {
 *   const outputs = await engine.run(builtIn(spec), joinInputs(asks));
 *   const answers = splitOutputs(outputs, asks); // answers[i] is asks[i]'s
 * }
 * ```
 * @module
 */
import type { Tensor, TensorData } from "../contract/tensor.ts";
import { checkShapes, type ModelSpec } from "../models/catalogue.ts";

/** The inputs of each ask, in the model's order. */
export type Asks = readonly (readonly Tensor[])[];

/**
 * Whether one run can serve all asks: alike but for the batch, and together within the limits.
 * @returns false for no asks at all
 */
export function joinable(spec: ModelSpec, asks: Asks): boolean {
  if (asks.length <= 1) return asks.length === 1;
  if (spec.batch === null) return false;
  const [first] = asks;
  return asks.every((ask) =>
    ask.length === first.length &&
    // Inputs of one ask are as long as each other, which the joined shapes alone would not tell.
    ask.every((input, i) => isAlike(input, first[i]) && input.shape[0] === sizeOf(ask))
  ) && checkShapes(spec, first.map((_, i) => joinedShape(asks, i))) === null;
}

/**
 * Joins the inputs of asks that are joinable(). One ask's are handed on as they are; more are copied
 * once.
 */
export function joinInputs(asks: Asks): Tensor[] {
  const [first] = asks;
  if (asks.length === 1) return [...first];
  return first.map((input, i) => ({
    ...input,
    shape: joinedShape(asks, i),
    data: concatenate(asks.map((ask) => ask[i].data)),
  }));
}

/**
 * Takes the outputs of a joined run apart.
 * @returns for each ask its part of every output, in the order of both
 * @throws RangeError if an output is not as long as all asks together: the model does not keep them apart
 */
export function splitOutputs(outputs: readonly Tensor[], asks: Asks): Tensor[][] {
  if (asks.length === 1) return [[...outputs]];
  const joined = sum(asks.map(sizeOf));
  for (const { name, shape } of outputs) {
    if (shape[0] === joined) continue;
    throw new RangeError(`Output "${name}" has shape [${shape}], but ${joined} were joined`);
  }
  let begin = 0;
  return asks.map((ask) => {
    const [from, size] = [begin, sizeOf(ask)];
    begin += size;
    return outputs.map((output) => {
      const width = output.data.length / joined;
      return {
        ...output,
        shape: [size, ...output.shape.slice(1)],
        // A copy: a view would take the whole run's buffer along, other callers' rows with it.
        data: output.data.slice(from * width, begin * width),
      };
    });
  });
}

const isAlike = (a: Tensor, b: Tensor): boolean =>
  a.name === b.name && a.datatype === b.datatype && a.shape.length === b.shape.length &&
  a.shape.every((size, axis) => axis === 0 || size === b.shape[axis]);

const sizeOf = ([first]: readonly Tensor[]): number => first.shape[0];

const joinedShape = (asks: Asks, input: number): number[] => [
  sum(asks.map((ask) => ask[input].shape[0])),
  ...asks[0][input].shape.slice(1),
];

function concatenate(pieces: readonly TensorData[]): TensorData {
  if (pieces.every((piece) => Array.isArray(piece))) return pieces.flat();
  type Typed = Exclude<TensorData, Uint8Array[]>;
  const Type = pieces[0].constructor as new (length: number) => Typed;
  const all = new Type(sum(pieces.map((piece) => piece.length)));
  let at = 0;
  for (const piece of pieces) {
    // Of one datatype, so numbers or bigints alike; the compiler cannot know.
    all.set(piece as never, at);
    at += piece.length;
  }
  return all;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
