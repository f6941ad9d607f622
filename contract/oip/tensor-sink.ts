/**
 * Takes the elements of one tensor as they are read from JSON, straight into its typed array.
 * Its shape and datatype are known and admitted before the first element: so are its bytes.
 * @module
 */
import type { Tensor } from "../tensor.ts";
import { type Codec, codecOf } from "./element-codecs.ts";
import { InvalidBody } from "./invalid-body.ts";
import { ascii, type JsonListener, type Literal } from "./json-tokens.ts";
import { elementsOf, type TensorHead } from "./tensor-admission.ts";

/** Hears the tensor's `data`, from its first bracket to its last: flat, or nested as its shape is. */
export class TensorSink implements JsonListener {
  readonly #head: TensorHead;
  readonly #length: number;
  readonly #codec: Codec;
  #capacity: number;
  #slot = 0;
  #depth = 0;
  /** The depth of brackets at which elements lie; null until the first element or inner bracket. */
  #leaves: number | null = null;
  /** How many items each open array has had. */
  readonly #items: number[] = [];

  /** @throws InvalidBody if tensors of this datatype cannot be sent as JSON */
  constructor(head: TensorHead) {
    this.#head = head;
    this.#length = elementsOf(head.shape);
    this.#capacity = Math.min(this.#length, ELEMENTS_FIRST);
    const codec = codecOf(head.datatype);
    if (!codec) {
      throw new InvalidBody(
        `Input "${head.name}": ${head.datatype} cannot be sent as JSON, but as binary_data`,
      );
    }
    codec.grow(this.#capacity);
    this.#codec = codec;
  }

  /** The last bracket has closed. */
  get done(): boolean {
    return this.#depth === 0;
  }

  /** @throws InvalidBody if there are fewer elements than the shape has */
  tensor(): Tensor {
    if (this.#slot !== this.#length) throw this.#miscounted(`${this.#slot}`);
    return { ...this.#head, data: this.#codec.data };
  }

  open(kind: "object" | "array"): void {
    if (kind === "object") return this.#write(NOT_AN_ELEMENT);
    if (this.#depth > 0) this.#item();
    this.#depth++;
    const { shape } = this.#head;
    if (this.#depth > Math.max(1, shape.length)) throw this.#misfit();
    if (this.#depth === 2) this.#leaves ??= shape.length;
    if (this.#leaves !== null && this.#depth > this.#leaves) throw this.#misfit();
    this.#items[this.#depth] = 0;
  }

  close(_kind: "object" | "array"): void {
    const isNested = this.#leaves !== null && this.#leaves > 1;
    const size = this.#head.shape[this.#depth - 1];
    if (isNested && this.#items[this.#depth] !== size) {
      // If all that is wrong is that elements are missing, the message says how many there are.
      throw this.#slot < this.#length && this.#depth === 1
        ? this.#miscounted(`${this.#slot}`)
        : this.#misfit();
    }
    this.#depth--;
  }

  number(value: number, bytes: Uint8Array, from: number, to: number): void {
    const isExact = !this.#codec.isWide || Number.isSafeInteger(value);
    if (isExact) return this.#write(value);
    const digits = ascii(bytes, from, to);
    this.#write(/^-?\d+$/.test(digits) ? BigInt(digits) : value);
  }

  /** Integers of 64 bits need their digits. */
  takesRuns(): boolean {
    return !this.#codec.isWide;
  }

  numbers(values: number[]): void {
    for (const value of values) this.#write(value);
  }

  literal(value: Literal): void {
    this.#write(value);
  }

  takesNonFinite(): boolean {
    return true;
  }

  nonFinite(value: number): void {
    this.#place();
    this.#written(this.#codec.writeNonFinite(value, this.#slot));
  }

  string(value: string): void {
    this.#write(value);
  }

  key(): void {}

  stringBytesMax(): number {
    return this.#codec.stringBytesMax;
  }

  #write(value: unknown): void {
    this.#place();
    this.#written(this.#codec.write(value, this.#slot));
  }

  /** Makes sure that an element may stand here, and that there is a slot for it. */
  #place(): void {
    this.#item();
    this.#leaves ??= 1;
    if (this.#depth !== this.#leaves) throw this.#misfit();
    if (this.#slot === this.#length) throw this.#miscounted("more");
    if (this.#slot === this.#capacity) this.#grow();
  }

  #written(wrong: string | null): void {
    if (wrong) {
      throw new InvalidBody(`Input "${this.#head.name}": element ${this.#slot} ${wrong}`);
    }
    this.#slot++;
  }

  /** Doubles the array: memory follows the elements that have come, not those that a shape promises. */
  #grow(): void {
    this.#capacity = Math.min(this.#length, this.#capacity * 2);
    this.#codec.grow(this.#capacity);
  }

  #item(): void {
    this.#items[this.#depth]++;
  }

  #miscounted(held: string): InvalidBody {
    const { name, shape } = this.#head;
    return new InvalidBody(
      `Input "${name}" has shape [${shape}], so ${this.#length} elements, but data holds ${held}`,
    );
  }

  #misfit(): InvalidBody {
    const { name, shape } = this.#head;
    return new InvalidBody(`Input "${name}": data is nested in another way than shape [${shape}]`);
  }
}

// 64 kB of FP32: less than what a connection costs.
const ELEMENTS_FIRST = 16_384;
const NOT_AN_ELEMENT = {};
