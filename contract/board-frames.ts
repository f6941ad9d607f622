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
// A frame waits whole in memory on either side; workerd takes messages of up to 32 MiB.
const PIECE_BYTES = 256 * 1_024;

/** What stands in the message for a tensor whose data follows in frames. */
export function headerOf(tensor: Tensor): TensorHeader {
  const { name, datatype, shape } = tensor;
  return { name, datatype, shape, bytes: tensorBytes(tensor) };
}

/**
 * Cuts the data of a run's tensors into frames.
 * @param run a UUID
 */
export function* framesOf(run: string, tensors: readonly Tensor[]): Generator<Uint8Array> {
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
export function readFrame(frame: Uint8Array): { run: string; piece: Uint8Array } | null {
  if (frame.length <= ID_BYTES || frame.length > ID_BYTES + PIECE_BYTES) return null;
  return { run: uuidOf(frame.subarray(0, ID_BYTES)), piece: frame.subarray(ID_BYTES) };
}

/**
 * Takes the pieces of one run's data in, and gives its tensors once all are there. Memory is taken
 * when it is made, for the bytes that the headers tell: whoever makes one has checked them.
 */
export class TensorAssembly {
  readonly #headers: readonly TensorHeader[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(headers: readonly TensorHeader[]) {
    this.#headers = headers;
    this.#bytes = new Uint8Array(headers.reduce((sum, { bytes }) => sum + bytes, 0));
  }

  /** Whether all pieces have come. */
  get isComplete(): boolean {
    return this.#at === this.#bytes.length;
  }

  /**
   * Takes the next piece in.
   * @param piece bytes of the run's data
   * @returns false if there is more of it than the headers tell
   */
  add(piece: Uint8Array): boolean {
    if (this.#at + piece.length > this.#bytes.length) return false;
    this.#bytes.set(piece, this.#at);
    this.#at += piece.length;
    return true;
  }

  /**
   * The tensors, each with memory of its own.
   * @returns null if BYTES elements do not fit their tensor's shape or bytes
   */
  tensors(): Tensor[] | null {
    const tensors: Tensor[] = [];
    let from = 0;
    for (const { name, datatype, shape, bytes } of this.#headers) {
      const data = dataOf(datatype, this.#bytes.slice(from, from + bytes), elementsOf(shape));
      if (data === null) return null;
      from += bytes;
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
  return bytes.length === elements * Type.BYTES_PER_ELEMENT ? new Type(bytes.buffer) : null;
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
  const view = new DataView(bytes.buffer);
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
