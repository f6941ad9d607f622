/**
 * Tensors in binary frames of a board's WebSocket: the 16 bytes of the run's id, then a piece of the
 * run's data. The data of a run is that of its tensors, one after another, as the Open Inference
 * Protocol's binary form has it: little-endian, row-major; each BYTES element after its length in 4
 * bytes. Frames of different runs may alternate; those of one run are in order.
 * @module
 */
import {
  type Datatype,
  ELEMENT_ARRAYS,
  type Tensor,
  tensorBytes,
  type TensorData,
} from "./tensor.ts";
import type { TensorHeader } from "./board.ts";

const ID_BYTES = 16;
// What the widest elements need; data behind the id has it.
const ALIGNED_BYTES = 8;
// A frame waits whole in memory on either side, and workerd takes messages of up to 32 MiB. Most tensors fit
// into one frame of this, and are then read where they lie in it.
const PIECE_BYTES = 8 * 2 ** 20;

/** What stands in the message for a tensor whose data follows in frames. */
export function headerOf(tensor: Tensor): TensorHeader {
  const { name, datatype, shape } = tensor;
  return { name, datatype, shape, bytes: tensorBytes(tensor) };
}

/**
 * Cuts the data of a run's tensors into frames.
 * @param run a UUID
 * @returns frames with memory of their own: the tensors may change
 */
export function* framesOf(
  run: string,
  tensors: readonly Tensor[],
): Generator<Uint8Array<ArrayBuffer>> {
  const id = idBytes(run);
  for (const { data } of tensors) {
    for (const part of Array.isArray(data) ? withLengths(data) : [data]) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        const frame = new Uint8Array(ID_BYTES + piece.length);
        frame.set(id);
        frame.set(piece, ID_BYTES);
        yield frame;
      }
    }
  }
}

/**
 * Takes a frame apart.
 * @param frame as it came
 * @returns null for one that is too short or too long to be a frame
 */
export function readFrame(
  frame: Uint8Array<ArrayBuffer>,
): { run: string; piece: Uint8Array<ArrayBuffer> } | null {
  if (frame.length <= ID_BYTES || frame.length > ID_BYTES + PIECE_BYTES) return null;
  return { run: uuidOf(frame.subarray(0, ID_BYTES)), piece: frame.subarray(ID_BYTES) };
}

/**
 * Takes the pieces of one run's data in, and gives its tensors once all are there. Memory is taken for the
 * bytes that the headers tell: whoever makes one has checked them. A tensor that comes in one piece keeps
 * that piece; others are copied together.
 */
export class TensorAssembly {
  readonly #headers: readonly TensorHeader[];
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  /** How much of the part that came last is there. */
  #filled = 0;
  #left: number;

  constructor(headers: readonly TensorHeader[]) {
    this.#headers = headers;
    this.#left = headers.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether all pieces have come. */
  get isComplete(): boolean {
    return this.#left === 0;
  }

  /**
   * Takes the next piece in.
   * @param piece bytes of the run's data, which must stay as they are
   * @returns false if there is more of it than the headers tell
   */
  add(piece: Uint8Array<ArrayBuffer>): boolean {
    if (piece.length > this.#left) return false;
    this.#left -= piece.length;
    for (let rest = piece; rest.length > 0;) rest = rest.subarray(this.#take(rest));
    return true;
  }

  /** @returns how much it took: as much as one tensor lacks */
  #take(piece: Uint8Array<ArrayBuffer>): number {
    const begun = this.#parts.at(-1);
    if (begun && this.#filled < begun.length) {
      const taken = piece.subarray(0, begun.length - this.#filled);
      begun.set(taken, this.#filled);
      this.#filled += taken.length;
      return taken.length;
    }
    const { bytes } = this.#headers[this.#parts.length];
    const isWhole = piece.length >= bytes && piece.byteOffset % ALIGNED_BYTES === 0;
    this.#parts.push(isWhole ? piece.subarray(0, bytes) : new Uint8Array(bytes));
    this.#filled = isWhole ? bytes : 0;
    return isWhole ? bytes : this.#take(piece);
  }

  /**
   * The tensors, once they are complete.
   * @returns null if BYTES elements do not fit their tensor's shape or bytes
   */
  tensors(): Tensor[] | null {
    const tensors: Tensor[] = [];
    for (const [i, { name, datatype, shape }] of this.#headers.entries()) {
      // Those at the end that have no bytes wait for no piece.
      const data = dataOf(datatype, this.#parts[i] ?? new Uint8Array(), elementsOf(shape));
      if (data === null) return null;
      tensors.push({ name, datatype, shape, data });
    }
    return tensors;
  }
}

/**
 * How many elements a tensor has.
 * @param shape sizes of its dimensions
 * @returns 1 for a scalar
 */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

function dataOf(
  datatype: Datatype,
  bytes: Uint8Array<ArrayBuffer>,
  elements: number,
): TensorData | null {
  if (datatype === "BYTES") return withoutLengths(bytes, elements);
  const Type = ELEMENT_ARRAYS[datatype];
  if (bytes.length !== elements * Type.BYTES_PER_ELEMENT) return null;
  return new Type(bytes.buffer, bytes.byteOffset, elements);
}

function* withLengths(elements: readonly Uint8Array[]): Generator<Uint8Array> {
  // In one piece of memory: a frame for each of a million short elements would cost 16 bytes each.
  const all = new Uint8Array(elements.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const element of elements) {
    view.setUint32(at, element.length, true);
    all.set(element, at + 4);
    at += 4 + element.length;
  }
  yield all;
}

function withoutLengths(bytes: Uint8Array<ArrayBuffer>, count: number): Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (elements.length === count || at + 4 > bytes.length) return null;
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) return null;
    elements.push(bytes.slice(at + 4, end));
    at = end;
  }
  return elements.length === count ? elements : null;
}

const idBytes = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll("-", "").match(/../g)!, (hex) => parseInt(hex, 16));

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
