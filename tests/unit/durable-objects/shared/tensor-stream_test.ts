/**
 * Tensors that travel as a stream. Of the runtime's own class for it, only what is used stands here.
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../../../contract/tensor.ts";

interface SentTensors {
  heads: (Omit<Tensor, "data"> & { elements: number })[];
  bytes: ReadableStream<Uint8Array>;
}

interface Module {
  travelAsStream(tensors: readonly Tensor[]): boolean;
  sendTensors(
    tensors: readonly Tensor[],
  ): { sent: SentTensors; written: Promise<void>; abandon(): void };
  receiveTensors(sent: SentTensors): Promise<Tensor[]>;
}

// By a name that is not written at the import: its types are workerd's, and what is around here is Deno's.
const MODULE = new URL("../../../../durable-objects/shared/tensor-stream.ts", import.meta.url).href;
const { receiveTensors, sendTensors, travelAsStream } = await import(MODULE) as Module;

/** As workerd's: its readable end fills the reader's own buffer. */
class IdentityTransformStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;

  constructor() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const reader = readable.getReader();
    this.writable = writable;
    this.readable = new ReadableStream({
      type: "bytes",
      async pull(controller) {
        const { done, value } = await reader.read();
        // A copy: it detaches what it is given.
        if (value) return controller.enqueue(value.slice());
        if (done) controller.close();
        controller.byobRequest?.respond(0);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }
}
/** Other files of this isolate have a stream of their own in its place. */
function test(name: string, run: () => void | Promise<void>): void {
  Deno.test(name, () => {
    Object.assign(globalThis, { IdentityTransformStream });
    return run();
  });
}

const RAMP = Float32Array.from({ length: 200_000 }, (_, i) => i / 7);
const TENSORS: Tensor[] = [
  { name: "ramp", datatype: "FP32", shape: [2, 100_000], data: RAMP },
  // A part of a longer buffer.
  { name: "part", datatype: "FP32", shape: [3], data: RAMP.subarray(5, 8) },
  { name: "none", datatype: "INT64", shape: [0], data: new BigInt64Array(0) },
  {
    name: "wide",
    datatype: "INT64",
    shape: [2],
    data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
  },
  { name: "half", datatype: "FP16", shape: [2], data: Uint16Array.of(0x3c00, 0xfc00) },
  { name: "flag", datatype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) },
  { name: "exact", datatype: "FP64", shape: [2], data: Float64Array.of(NaN, -0) },
];

test("Tensors of every kind arrive bit for bit, and their sender learns of it", async () => {
  const { sent, written, abandon } = sendTensors(TENSORS);
  const received = await receiveTensors(sent);
  await written;
  abandon();
  assert.deepEqual(received, TENSORS);
});

test("Tensors that are abandoned halfway do not arrive as others", async () => {
  const { sent, written, abandon } = sendTensors(TENSORS);
  const receiving = receiveTensors(sent);
  abandon();
  await assert.rejects(receiving);
  await written;
});

test("Tensors that end early are an error", async () => {
  const { sent, written } = sendTensors(TENSORS.slice(1));
  const [head] = sent.heads;
  const longer = { ...sent, heads: [...sent.heads, { ...head, elements: 1_000 }] };
  await assert.rejects(receiveTensors(longer), /ended before they were whole/);
  await written;
});

test("A receiver that gives up ends the writing", async () => {
  const { sent, written } = sendTensors(TENSORS);
  await sent.bytes.cancel();
  await written;
});

test("travelAsStream() is true of large tensors, and of none with BYTES", () => {
  const [ramp, part] = TENSORS;
  const bytes: Tensor = {
    name: "texts",
    datatype: "BYTES",
    shape: [1],
    data: [new Uint8Array(2 ** 20)],
  };
  assert.equal(travelAsStream([ramp, part]), true);
  assert.equal(travelAsStream([part]), false);
  assert.equal(travelAsStream([ramp, bytes]), false);
});
