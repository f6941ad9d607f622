/**
 * Reads the tensors that follow the JSON of an inference as bytes (the protocol's binary tensor data
 * extension), as they arrive: little-endian, row-major, in the order of the inputs.
 *
 * The bytes go straight into the memory of their arrays, which grows with what has come, not with what a
 * size promises. Little-endian is how every machine that runs workerd has them.
 * Not its job: what the model takes, and whether a size fits its shape (infer-body.ts).
 * @module
 */
import { ELEMENT_ARRAYS, type Tensor, type TensorData } from "../tensor.ts";
import { InvalidBody } from "./invalid-body.ts";
import { elementsOf, type TensorHead } from "./tensor-admission.ts";

/** A tensor that is to come, and how many bytes it says it has. */
export interface Expected {
  head: TensorHead;
  bytes: number;
}

// 64 kB: less than what a connection costs.
const BYTES_FIRST = 2 ** 16;

/** Reads the bytes behind the JSON: call write() with each chunk, in order, then end(). */
export class BinaryTail {
  readonly #expected: readonly Expected[];
  readonly #tensors: Tensor[] = [];
  readonly #total: number;
  #buffer = new ArrayBuffer(0);
  /** Bytes of the tensor in hand that have come. */
  #filled = 0;
  #read = 0;

  constructor(expected: readonly Expected[]) {
    this.#expected = expected;
    this.#total = expected.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#endTensors();
  }

  /**
   * Reads on.
   * @param chunk cut anywhere; copied
   * @throws InvalidBody if there is more than was told of, or a tensor is not what its datatype has
   */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const expected = this.#expected[this.#tensors.length];
      if (!expected) {
        throw new InvalidBody(
          `The body has more bytes behind its JSON than the ${this.#total} of binary_data_size`,
        );
      }
      const size = Math.min(chunk.length - at, expected.bytes - this.#filled);
      this.#reserve(this.#filled + size, expected.bytes);
      new Uint8Array(this.#buffer).set(chunk.subarray(at, at + size), this.#filled);
      this.#filled += size;
      this.#read += size;
      at += size;
      this.#endTensors();
    }
  }

  /**
   * Ends the reading.
   * @returns the tensors, in their order
   * @throws InvalidBody if bytes are missing
   */
  end(): Tensor[] {
    const missing = this.#expected[this.#tensors.length];
    if (!missing) return this.#tensors;
    throw new InvalidBody(
      `The body ends after ${this.#read} of the ${this.#total} bytes behind its JSON: ` +
        `input "${missing.head.name}" lacks ${missing.bytes - this.#filled}`,
    );
  }

  /** Ends every tensor whose bytes are all there; one of no bytes has them at once. */
  #endTensors(): void {
    for (;;) {
      const expected = this.#expected[this.#tensors.length];
      if (!expected || this.#filled < expected.bytes) return;
      this.#tensors.push({ ...expected.head, data: dataOf(expected.head, this.#buffer) });
      this.#buffer = new ArrayBuffer(0);
      this.#filled = 0;
    }
  }

  /** Doubles the memory; transfer() frees the old one at once, not at the next collection. */
  #reserve(bytes: number, bytes_max: number): void {
    if (bytes <= this.#buffer.byteLength) return;
    const wider = Math.max(bytes, BYTES_FIRST, 2 * this.#buffer.byteLength);
    this.#buffer = this.#buffer.transfer(Math.min(bytes_max, wider));
  }
}

function dataOf({ name, datatype, shape }: TensorHead, buffer: ArrayBuffer): TensorData {
  if (datatype === "BYTES") {
    return textsOf(name, new Uint8Array(buffer), elementsOf(shape));
  }
  const data = new ELEMENT_ARRAYS[datatype](buffer);
  if (datatype === "BOOL") {
    const wrong = (data as Uint8Array).findIndex((byte) => byte > 1);
    if (wrong >= 0) throw new InvalidBody(`Input "${name}": element ${wrong} must be 0 or 1`);
  }
  return data;
}

const LENGTH_BYTES = 4;

/** The elements of BYTES, each behind its length. They share one memory. */
function textsOf(name: string, bytes: Uint8Array, length: number): Uint8Array[] {
  const view = new DataView(bytes.buffer);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (elements.length === length) {
      throw new InvalidBody(`Input "${name}" holds more than the ${length} elements of its shape`);
    }
    const from = at + LENGTH_BYTES;
    const left = bytes.length - from;
    if (left < 0) {
      throw new InvalidBody(`Input "${name}" ends within the length of element ${elements.length}`);
    }
    const size = view.getUint32(at, true);
    if (size > left) {
      throw new InvalidBody(
        `Input "${name}": element ${elements.length} says that it has ${size} bytes, but ${left} are left`,
      );
    }
    elements.push(bytes.subarray(from, from + size));
    at = from + size;
  }
  if (elements.length < length) {
    throw new InvalidBody(
      `Input "${name}" holds ${elements.length} elements, but its shape has ${length}`,
    );
  }
  return elements;
}
