/**
 * One node about to be inferred: its inputs and attributes, read with errors that name it.
 * @module
 */

import type { ModelNode } from "./model-file.ts";
import { ModelError, NeedsInputs, quoted } from "./model-error.ts";
import { broadcast, type Dims, type Inferred, isInteger, type TensorFact } from "./tensor.ts";

/** The outputs of a node, in their order. */
export type Infer = (call: Call) => Inferred[];

/** A node is known by its name, or else by what it makes. */
export const callLabel = ({ name, type, outputs }: ModelNode): string =>
  `${type} ${quoted(name || (outputs[0] ?? ""))}`;

export class Call {
  readonly node: ModelNode;
  readonly inputs: readonly (TensorFact | null)[];
  readonly opset: number;
  /** Whether sizes of an input are upper bounds. */
  readonly loose: boolean;

  /** @param inputs null where an optional one is left out */
  constructor(node: ModelNode, inputs: readonly (TensorFact | null)[], opset: number) {
    this.node = node;
    this.inputs = inputs;
    this.opset = opset;
    this.loose = inputs.some((input) => input?.loose);
  }

  fail(why: string): never {
    const hint = this.loose ? ` (a size depends on data here: fix it in the graph)` : "";
    throw new ModelError(`${callLabel(this.node)}: ${why}${hint}`);
  }

  input(index: number): TensorFact {
    return this.inputs[index] ?? this.fail(`input ${index} is missing`);
  }

  /** How many outputs there are at most is the operator's to say. */
  checkOutputs(outputs: readonly unknown[]): void {
    const asked = this.node.outputs.length;
    if (asked > 0 && asked <= outputs.length) return;
    this.fail(`${asked} outputs are asked of it, and it has ${outputs.length}`);
  }

  optional(index: number): TensorFact | null {
    return this.inputs[index] ?? null;
  }

  /** All inputs of an operator that leaves none out. */
  all(): TensorFact[] {
    if (this.inputs.length === 0) this.fail("it has no input");
    return this.inputs.map((_, index) => this.input(index));
  }

  /** Elements of an input that decides about shapes. */
  values(index: number): readonly number[] {
    const { known, asks } = this.input(index);
    if (known) return known.values;
    const why = `input ${index} decides about the shape, but its elements do not follow from the ` +
      "shapes given";
    if (asks.length > 0) throw new NeedsInputs(`${callLabel(this.node)}: ${why}`, asks);
    return this.fail(why);
  }

  /** Whether the elements of an input are known, or will be once the model's inputs are. */
  follows(index: number): boolean {
    const { known, asks } = this.input(index);
    return known !== null || asks.length > 0;
  }

  integers(index: number): readonly number[] {
    const { known } = this.input(index);
    if (known && !isInteger(known.type)) this.fail(`input ${index} must hold integers`);
    return this.values(index);
  }

  has(attribute: string): boolean {
    return Object.hasOwn(this.node.attributes, attribute);
  }

  int(attribute: string, otherwise?: number): number {
    const value = this.#attribute(attribute, otherwise);
    return Number.isSafeInteger(value)
      ? value as number
      : this.fail(`attribute ${attribute} must be an integer`);
  }

  float(attribute: string, otherwise?: number): number {
    const value = this.#attribute(attribute, otherwise);
    return typeof value === "number" ? value : this.fail(`attribute ${attribute} must be a number`);
  }

  text(attribute: string, otherwise: string): string {
    const value = this.#attribute(attribute, otherwise);
    return typeof value === "string" ? value : this.fail(`attribute ${attribute} must be a string`);
  }

  /** Null where it is absent. */
  ints(attribute: string): readonly number[] | null {
    if (!this.has(attribute)) return null;
    const value = this.node.attributes[attribute];
    const isList = Array.isArray(value) && value.every(Number.isSafeInteger);
    return isList ? value as number[] : this.fail(`attribute ${attribute} must be integers`);
  }

  /** Null where it is absent. */
  floats(attribute: string): readonly number[] | null {
    if (!this.has(attribute)) return null;
    const value = this.node.attributes[attribute];
    const isList = Array.isArray(value) && value.every((one) => typeof one === "number");
    return isList ? value as number[] : this.fail(`attribute ${attribute} must be numbers`);
  }

  /** Integers that moved from an attribute to an input as the opsets went on. */
  intsOrInput(attribute: string, index: number): readonly number[] | null {
    return this.ints(attribute) ?? (this.optional(index) ? this.integers(index) : null);
  }

  tensor(attribute: string): TensorFact | null {
    if (!this.has(attribute)) return null;
    const value = this.node.attributes[attribute];
    return typeof value === "object" && value !== null && "dims" in value
      ? value as TensorFact
      : this.fail(`attribute ${attribute} must be a tensor`);
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
      this.fail(`axis ${axis} is none of ${rank}`);
    }
    return axis < 0 ? axis + rank : axis;
  }

  axes(axes: readonly number[], rank: number): number[] {
    const counted = axes.map((axis) => this.axis(axis, rank));
    if (new Set(counted).size < counted.length) this.fail(`axes [${axes}] hold one twice`);
    return counted;
  }

  /** At least of this rank. */
  rank(dims: Dims, least: number): number {
    if (dims.length < least) this.fail(`[${dims}] must have at least ${least} dimensions`);
    return dims.length;
  }

  broadcast(shapes: readonly Dims[]): Dims {
    return shapes.reduce((a, b) =>
      broadcast(a, b, this.loose) ??
        this.fail(`[${a}] and [${b}] cannot be broadcast to each other`)
    );
  }

  #attribute(name: string, otherwise: unknown): unknown {
    const value = this.has(name) ? this.node.attributes[name] : otherwise;
    return value ?? this.fail(`attribute ${name} is missing`);
  }
}
