import assert from "node:assert/strict";
import { framesOf, headerOf, readFrame, TensorAssembly } from "../../../contract/board-frames.ts";
import { type Datatype, DATATYPES, ELEMENT_ARRAYS, type Tensor } from "../../../contract/tensor.ts";
import { type Random, seeded } from "../../support/random.ts";

const SEEDS = 500;

function anyTensor(random: Random, name: string): Tensor {
  const datatype: Datatype = random.pick(DATATYPES);
  const elements = random.integer(0, 40);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.integer(0, 255));
  const data = datatype === "BYTES"
    ? Array.from({ length: elements }, () => bytes(random.integer(0, 9)))
    : new ELEMENT_ARRAYS[datatype](
      bytes(elements * ELEMENT_ARRAYS[datatype].BYTES_PER_ELEMENT).buffer,
    );
  return { name, datatype, shape: [elements], data };
}

Deno.test("tensors come as they were sent, however their bytes are cut into pieces", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed);
    const tensors = Array.from(
      { length: random.integer(0, 5) },
      (_, i) => anyTensor(random, `t${i}`),
    );
    const run = crypto.randomUUID();
    const whole = new TensorAssembly(tensors.map(headerOf));
    const all: number[] = [];
    for (const frame of framesOf(run, tensors)) {
      const read = readFrame(frame)!;
      assert.equal(read.run, run);
      assert.ok(whole.add(read.piece));
      all.push(...read.piece);
    }
    assert.ok(whole.isComplete);
    assert.deepEqual(whole.tensors(), tensors, `seed ${seed}`);
    const cut = new TensorAssembly(tensors.map(headerOf));
    for (let at = 0; at < all.length;) {
      assert.ok(!cut.isComplete);
      const length = random.integer(1, 100);
      assert.ok(cut.add(Uint8Array.from(all.slice(at, at += length))), `seed ${seed}`);
    }
    assert.ok(cut.isComplete);
    assert.ok(!cut.add(new Uint8Array(1)), "there is no more than the headers tell");
    assert.deepEqual(cut.tensors(), tensors, `seed ${seed}`);
  }
});

Deno.test("a tensor that comes in one frame is read where it lies", () => {
  const tensor: Tensor = {
    name: "x",
    datatype: "FP64",
    shape: [2],
    data: Float64Array.of(1, Math.PI),
  };
  const [frame] = framesOf(crypto.randomUUID(), [tensor]);
  const assembly = new TensorAssembly([headerOf(tensor)]);
  assembly.add(readFrame(frame)!.piece);
  const [{ data }] = assembly.tensors()!;
  assert.equal((data as Float64Array).buffer, frame.buffer);
});
