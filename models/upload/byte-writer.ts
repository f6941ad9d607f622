/**
 * A buffer that grows to a bound, with lengths that are filled in afterwards.
 * @module
 */

import { ModelError } from "../operations/model-error.ts";

/** A varint of always so many bytes, so that what stands behind a length need not move. */
const LENGTH_BYTES = 4;

export class ByteWriter {
  readonly #max: number;
  readonly #tooMuch: string;
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** @param tooMuch what to say where more than `max` bytes are written */
  constructor(max: number, tooMuch: string) {
    this.#max = max;
    this.#tooMuch = tooMuch;
  }

  get length(): number {
    return this.#length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  varint(value: number): void {
    this.#grow(8);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) {
      this.#bytes[this.#length++] = rest % 128 + 128;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Leaves room for a length. @returns where */
  reserve(): number {
    this.#grow(LENGTH_BYTES);
    this.#length += LENGTH_BYTES;
    return this.#length;
  }

  /** Fills in the length of all that was written since reserve() gave `from`. */
  close(from: number): void {
    let rest = this.#length - from;
    for (let i = LENGTH_BYTES; i > 0; i--) {
      this.#bytes[from - i] = rest & 127 | (i > 1 ? 128 : 0);
      rest >>>= 7;
    }
  }

  truncate(length: number): void {
    this.#length = length;
  }

  #grow(more: number): void {
    const length = this.#length + more;
    if (length > this.#max) throw new ModelError(this.#tooMuch);
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
