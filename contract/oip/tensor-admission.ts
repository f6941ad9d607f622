/**
 * Admits the inputs of one inference: whether the model takes a tensor of this name, datatype and shape, and
 * whether there is memory for it. Before that nothing is held for it.
 * @module
 */
import { type Datatype, DATATYPES, elementBytes } from "../tensor.ts";
import { InvalidBody } from "./invalid-body.ts";

/** What the model that is asked takes. */
export interface ModelInputs {
  model: string;
  inputs: readonly { name: string; datatype: Datatype }[];
  /** Why the model cannot take a tensor of this shape there, as a sentence; null: it can. */
  wrongShape(input: string, shape: number[]): string | null;
}

/** A tensor without its elements. */
export interface TensorHead {
  name: string;
  datatype: Datatype;
  shape: number[];
}

/** An input as it was read: any field may be missing, or of any type. */
export type Input = Record<string, unknown>;

const AXES_MAX = 8;
const SIZE_MAX = 2 ** 31;
// Of all inputs together, for every model: an isolate has no memory for more. As text, 2 bytes of a body can
// make an element of 8.
const TENSORS_BYTES_MAX = 2 ** 25;
// An element of BYTES is an object of its own: it takes some 100 bytes beside its content.
const BYTES_ELEMENTS_MAX = 2 ** 17;
// Each element of BYTES has its length before it.
const LENGTH_BYTES = 4;

export class TensorAdmission {
  readonly #takes: ModelInputs;
  readonly #names = new Set<string>();
  #bytes_left = TENSORS_BYTES_MAX;

  constructor(takes: ModelInputs) {
    this.#takes = takes;
  }

  /**
   * Admits an input that the model takes; from then on it may take memory.
   * @returns null where the body's schema will say what is wrong
   * @throws InvalidBody if the model does not take it
   */
  admit({ name, datatype, shape }: Input): TensorHead | null {
    if (typeof name !== "string" || !isDatatype(datatype) || !isShape(shape)) return null;
    const { model, inputs, wrongShape } = this.#takes;
    const input = inputs.find((one) => one.name === name);
    if (!input) {
      const takes = inputs.map((one) => one.name).join(", ");
      throw new InvalidBody(`Model "${model}" has no input "${name}": it takes ${takes}`);
    }
    if (this.#names.has(name)) throw new InvalidBody("Two inputs have one name");
    if (datatype !== input.datatype) {
      throw new InvalidBody(
        `Input "${name}" has datatype ${datatype}: it must be ${input.datatype}`,
      );
    }
    const wrong = wrongShape(name, shape);
    if (wrong) throw new InvalidBody(wrong);
    this.#bound({ name, datatype, shape });
    this.#names.add(name);
    return { name, datatype, shape };
  }

  #bound({ name, datatype, shape }: TensorHead): void {
    const elements = elementsOf(shape);
    const each = elementBytes(datatype);
    const max = each === null ? BYTES_ELEMENTS_MAX : Math.floor(this.#bytes_left / each);
    if (elements > max) {
      const beside = this.#names.size > 0 ? ", beside the inputs before it" : "";
      throw new InvalidBody(
        `Input "${name}" has ${elements} elements: at most ${max} of ${datatype} fit${beside}`,
      );
    }
    this.#bytes_left -= elements * (each ?? 0);
  }
}

/**
 * Checks the size of a tensor that comes as bytes against its shape.
 * @param bytes its `binary_data_size`, whatever it is
 * @throws InvalidBody what is wrong with it
 */
export function checkBinarySize(
  { name, datatype, shape }: TensorHead,
  bytes: unknown,
): asserts bytes is number {
  const elements = elementsOf(shape);
  const each = elementBytes(datatype);
  const [min, max] = each === null
    ? [LENGTH_BYTES * elements, TENSORS_BYTES_MAX]
    : [each * elements, each * elements];
  if (Number.isInteger(bytes) && bytes as number >= min && bytes as number <= max) return;
  const right = min === max ? min : `${min} to ${max}`;
  throw new InvalidBody(
    `Input "${name}" has shape [${shape}] of ${datatype}, so ${right} bytes, ` +
      `but its binary_data_size is ${JSON.stringify(bytes)}`,
  );
}

/** How many elements a tensor of this shape has. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

const isDatatype = (value: unknown): value is Datatype =>
  (DATATYPES as readonly unknown[]).includes(value);

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= AXES_MAX &&
  value.every((size) => Number.isInteger(size) && size >= 0 && size <= SIZE_MAX);
