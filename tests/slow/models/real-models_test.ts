import assert from "node:assert/strict";
import type { Tensor } from "../../../contract/tensor.ts";
import { skeletonOf } from "../../../models/upload/skeleton.ts";
import { uploadedSpec } from "../../../models/upload/spec.ts";
import { type Random, seeded } from "../../support/random.ts";
import { REAL_MODELS, realModel } from "../../support/real-models.ts";
import { runNaively, type Value } from "../../unit/models/naive-model.ts";
import { runTensors } from "../../unit/models/run-tensors.ts";

/** Sums of up to a thousand products in float32, in another order, through some dozen layers. */
const TOLERANCE = 2e-4;

const fp32 = (name: string, shape: number[], random: Random, scale = 1): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: Float32Array.from(
    { length: shape.reduce((n, size) => n * size, 1) },
    () => scale * random.between(-1, 1),
  ),
});

const int64 = (name: string, value: number): Tensor => ({
  name,
  datatype: "INT64",
  shape: [],
  data: BigInt64Array.of(BigInt(value)),
});

const asValue = ({ shape, data }: Tensor): Value => ({
  dims: shape,
  data: Array.from(data as ArrayLike<number | bigint>, Number),
});

/** The plain loops compute what ONNX Runtime does, and do as much as the counter says. */
async function holds(name: keyof typeof REAL_MODELS, inputs: Tensor[]): Promise<number> {
  const file = await realModel(name);
  const spec = uploadedSpec(skeletonOf(file), {
    tenant_id: "t",
    name,
    version: "1",
    sha256: REAL_MODELS[name].sha256,
    object: "t/1",
    file_bytes: file.length,
  });
  assert.deepEqual(spec.inputs.map(({ name }) => name), inputs.map(({ name }) => name));
  const shapes = inputs.map(({ shape }) => shape);
  const naive = runNaively(file, new Map(inputs.map((one) => [one.name, asValue(one)])));
  assert.equal(spec.operations(shapes, inputs), naive.operations, `${shapes.join(" ")}`);
  const ran = await runTensors(file, inputs.map(({ name }) => name), inputs);
  for (const [i, { name }] of spec.outputs.entries()) {
    const [want, got] = [naive.outputs.get(name)!, ran.get(name)!];
    assert.deepEqual(got.shape, want.dims);
    assert.deepEqual(spec.outputShapes(shapes, inputs)[i], want.dims);
    want.data.forEach((value, k) => {
      const off = Math.abs(value - Number(got.data[k]));
      assert(off <= TOLERANCE, `${name}[${k}]: ${got.data[k]}, not ${value}`);
    });
  }
  return naive.operations;
}

Deno.test("the operations of PP-OCRv4 are those of a naive run", async () => {
  await holds("text-detector", [fp32("x", [1, 3, 32, 32], seeded(1))]);
});

Deno.test("the operations of Silero VAD are those of a naive run, at either sample rate", async () => {
  const random = seeded(2);
  const ask = (samples: number, rate: number) => [
    fp32("input", [1, samples], random, 0.1),
    fp32("state", [2, 1, 128], random),
    int64("sr", rate),
  ];
  const fast = await holds("voice-activity", ask(576, 16_000));
  const slow = await holds("voice-activity", ask(288, 8_000));
  assert(fast > slow, `${fast}, ${slow}`);
});

Deno.test("an If whose condition nobody knows yet costs its dearer branch", async () => {
  const file = await realModel("voice-activity");
  const spec = uploadedSpec(skeletonOf(file), {
    tenant_id: "t",
    name: "vad",
    version: "1",
    sha256: REAL_MODELS["voice-activity"].sha256,
    object: "t/1",
    file_bytes: file.length,
  });
  assert.deepEqual(spec.facts.deciding, ["sr"]);
  const at = (samples: number, rate: number) => {
    const random = seeded(3);
    return spec.operations([[1, samples], [2, 1, 128], []], [
      fp32("input", [1, samples], random),
      fp32("state", [2, 1, 128], random),
      int64("sr", rate),
    ]);
  };
  // Of so many samples one branch makes more frames, or the other one does.
  for (const [samples, dearer, other] of [[288, 8_000, 16_000], [320, 16_000, 8_000]]) {
    assert(at(samples, dearer) > at(samples, other));
    assert.equal(spec.operations([[1, samples], [2, 1, 128], []]), at(samples, dearer));
  }
});
