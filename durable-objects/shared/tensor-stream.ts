/**
 * Carries large tensors over an RPC as a stream of their bytes, a piece at a time. As arguments or results
 * they would be there five times at once: the sender's, its serializer's buffer, which doubles as it grows,
 * the message, and the receiver's.
 * @module
 */
import {
  ELEMENT_ARRAYS,
  type Tensor,
  tensorBytes,
  type TensorData,
} from "../../contract/tensor.ts";
import { withDeadline } from "../../contract/deadline.ts";
import type { SentTensors } from "./sent-tensors.ts";

/** A sender's hold on its tensors, which must stay as they are until `written`. */
export interface Sending {
  sent: SentTensors;
  /** Never rejects: that the receiver has gone is for whoever awaits its answer. */
  written: Promise<void>;
  /** Ends the writing, if it has not ended: for when the receiver will not read on. */
  abandon(): void;
}

// Below this a stream costs more than the copies that it spares.
const LARGE_BYTES = 2 ** 18;
// Nothing of a piece is copied until it is read, and each is a way to the receiver and back.
const PIECE_BYTES = 2 ** 20;
// Whoever is not there for this long has gone, and tensors must not wait for it in memory.
const PIECE_MS_MAX = 10_000;

/**
 * Tells which tensors are better sent as a stream.
 * @returns false for small ones, and for BYTES, whose elements are arrays
 */
export function travelAsStream(tensors: readonly Tensor[]): boolean {
  return tensors.every(({ datatype }) => datatype in ELEMENT_ARRAYS) &&
    tensors.reduce((bytes, tensor) => bytes + tensorBytes(tensor), 0) > LARGE_BYTES;
}

/** Begins to send tensors. They are read as the receiver takes them, and are not copied. */
export function sendTensors(tensors: readonly Tensor[]): Sending {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const abandon = () => void writer.abort("The tensors are not needed").catch(() => {});
  return {
    sent: {
      heads: tensors.map(({ data, ...head }) => ({ ...head, elements: data.length })),
      bytes: readable,
    },
    written: write(tensors, writer).catch(abandon),
    abandon,
  };
}

async function write(
  tensors: readonly Tensor[],
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  for (const { data } of tensors) {
    const { buffer, byteOffset, byteLength } = data as Typed;
    for (let at = 0; at < byteLength; at += PIECE_BYTES) {
      const piece = new Uint8Array(buffer, byteOffset + at, Math.min(PIECE_BYTES, byteLength - at));
      await withDeadline(PIECE_MS_MAX, writer.write(piece));
    }
  }
  await withDeadline(PIECE_MS_MAX, writer.close());
}

/**
 * Takes tensors in, each straight into its array.
 * @throws Error if they end before they are whole, or the sender falls silent
 */
export async function receiveTensors({ heads, bytes }: SentTensors): Promise<Tensor[]> {
  const reader = bytes.getReader({ mode: "byob" });
  const tensors: Tensor[] = [];
  try {
    for (const { elements, ...head } of heads) {
      if (head.datatype === "BYTES") throw new Error("BYTES cannot come as a stream");
      const Type = ELEMENT_ARRAYS[head.datatype];
      const buffer = await filled(new ArrayBuffer(elements * Type.BYTES_PER_ELEMENT), reader);
      tensors.push({ ...head, data: new Type(buffer) });
    }
    // To the end, so that the sender sees that all has arrived.
    await withDeadline(PIECE_MS_MAX, reader.read(new Uint8Array(1)));
  } finally {
    reader.cancel().catch(() => {});
  }
  return tensors;
}

async function filled(
  buffer: ArrayBuffer,
  reader: ReadableStreamBYOBReader,
): Promise<ArrayBuffer> {
  for (let at = 0; at < buffer.byteLength;) {
    const { done, value } = await withDeadline(
      PIECE_MS_MAX,
      reader.read(new Uint8Array(buffer, at)),
    );
    if (done || !value) throw new Error("The tensors ended before they were whole");
    // read() detaches the buffer, and returns its memory with the bytes in it.
    buffer = value.buffer as ArrayBuffer;
    at += value.byteLength;
  }
  return buffer;
}

type Typed = Exclude<TensorData, Uint8Array[]>;
