/**
 * Unpacks gzip and zlib streams piece by piece, in steps of bounded size.
 *
 * Why not the runtime's DecompressionStream: it takes what it is given and unpacks all of it into a buffer of
 * its own before anybody reads (it knows no back-pressure), so 64 kB of zeros become 64 MB before a limit can
 * be held. Here no step makes more than STEP_BYTES times the format's ratio of 1,032.
 * @module
 */
import { Inflate } from "pako";

/** The encodings that bodies may have. `deflate` is zlib's format (RFC 9110, 8.4.1.2). */
export const ENCODINGS = ["gzip", "deflate"] as const;
/** One of ENCODINGS. */
export type Encoding = typeof ENCODINGS[number];

// At most 4 MB unpacked in one step.
const STEP_BYTES = 4_096;
const PIECE_BYTES = 2 ** 16;
// A member that holds nothing has 20 bytes, and costs a window and a buffer. Tools that write members write
// one for some 64 kB or more (bgzip, pigz), so a body of 32 MB has 500.
const MEMBERS_MAX = 1_024;
// What zlib calls windowBits: 15 for a window of 32 kB, and 16 more for gzip's wrapper.
const WINDOW_BITS: Record<Encoding, number> = { gzip: 31, deflate: 15 };

/** Unpacks one body: call pieces() with each chunk, in order, then end(). */
export class Inflater {
  readonly #encoding: Encoding;
  #inflate: Inflate | null = null;
  #stream: { next_in: number; avail_in: number } | null = null;
  #pieces: Uint8Array[] = [];
  #members = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /**
   * Unpacks on.
   * @param chunk cut anywhere; read during the iteration only
   * @returns what has been unpacked, in pieces of 64 kB at most; each step of the iteration does some work only
   * @throws RangeError what is wrong with the stream, as a sentence
   */
  *pieces(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length;) {
      at += this.#step(chunk.subarray(at, at + STEP_BYTES));
      const pieces = this.#pieces;
      this.#pieces = [];
      yield* pieces;
    }
  }

  /** @throws RangeError if the stream is not at its end */
  end(): void {
    if (this.#inflate && !this.#inflate.ended) throw this.#fault("it ends early");
  }

  /** @returns how many bytes it took */
  #step(bytes: Uint8Array): number {
    // gzip may have several members, one behind the other (RFC 1952, 2.2); zlib has one.
    if (this.#inflate?.ended && this.#encoding === "deflate") {
      throw this.#fault("there are bytes behind its end");
    }
    if (!this.#inflate || this.#inflate.ended) this.#begin();
    const inflate = this.#inflate!;
    inflate.push(bytes);
    if (inflate.err !== 0) throw this.#fault(inflate.msg);
    return inflate.ended ? bytes.length - this.#stream!.avail_in : bytes.length;
  }

  #begin(): void {
    if (++this.#members > MEMBERS_MAX) {
      throw this.#fault(`it has more than ${MEMBERS_MAX} members`);
    }
    const windowBits = WINDOW_BITS[this.#encoding];
    const inflate = new Inflate({ windowBits, chunkSize: PIECE_BYTES });
    inflate.onStart = (stream) => this.#stream = stream;
    inflate.onData = (piece) => this.#pieces.push(piece);
    inflate.onEnd = () => {};
    this.#inflate = inflate;
  }

  #fault(what: string): RangeError {
    return new RangeError(`The body is not ${this.#encoding}: ${what}`);
  }
}
