/**
 * What an RPC says of tensors whose bytes it carries as a stream.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";

/** Tensors on their way. */
export interface SentTensors {
  /** What they are; `elements` is how many each has. */
  heads: (Omit<Tensor, "data"> & { elements: number })[];
  /** Their elements as the machine lays them, one tensor after the other. */
  bytes: ReadableStream<Uint8Array>;
}
