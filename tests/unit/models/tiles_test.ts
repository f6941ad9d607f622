import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import type { Tensor } from "../../../contract/tensor.ts";
import { builtIn } from "../../../inference/engine.ts";
import { OnnxEngine } from "../../../inference/onnx.ts";
import { MODELS } from "../../../models/catalogue.ts";
import { seeded } from "../../support/random.ts";
import { open } from "./session.ts";

const engine = new OnnxEngine();

Deno.test("A run in pieces gives what one run gives, bit for bit", async () => {
  const runs: [string, number[]][] = [
    ["scene-indices", [1, 6, 512, 211]],
    ["scene-indices", [1, 6, 7, 30_000]],
    ["telemetry-anomaly", [3, 60_000]],
    ["telemetry-anomaly", [70_001, 3]],
    ["telemetry-anomaly", [1, 262_144]],
    ["drive-rss", [70_001, 6]],
    ["drive-rss", [262_144, 6]],
  ];
  const random = seeded(4);
  for (const [model, shape] of runs) {
    const spec = MODELS.get(model)!;
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, () => random.between(-0.2, 30));
    const input: Tensor = { name: spec.inputs[0].name, datatype: "FP32", shape, data };
    const outputs = await engine.run(builtIn(spec), [input]);
    const whole = await (await open(model))(data, shape);
    assert.equal(outputs.length, Object.keys(whole).length);
    for (const { name, shape: given, data } of outputs) {
      assert.deepEqual(given, [...whole[name].dims], `${model} [${shape}] ${name}`);
      const [ours, theirs] = [data as Uint8Array, whole[name].data as Uint8Array];
      const bytes = (array: Uint8Array) =>
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      assert.ok(Buffer.compare(bytes(ours), bytes(theirs)) === 0, `${model} [${shape}] ${name}`);
    }
  }
});
