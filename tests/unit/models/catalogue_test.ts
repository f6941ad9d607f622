import assert from "node:assert/strict";
import { checkShapes, MODELS } from "../../../models/catalogue.ts";
import { seeded } from "../../support/random.ts";
import { open } from "./session.ts";

const [scene, telemetry, drive] = ["scene-indices", "telemetry-anomaly", "drive-rss"].map((name) =>
  MODELS.get(name)!
);

Deno.test("MODELS tells the size of the committed files, and a residency that holds them", async () => {
  for (const { name, file_bytes, memory_bytes } of MODELS.values()) {
    const { size } = await Deno.stat(new URL(`../../../models/onnx/${name}.onnx`, import.meta.url));
    assert.equal(file_bytes, size);
    assert(memory_bytes >= size && memory_bytes % 2 ** 20 === 0);
  }
});

Deno.test("operations() equals a count by hand of the formulas in docs/models.md", () => {
  // Per pixel: completeness 13, bound 1, bands 6 * 3, indices 4 * 4, seen 2, snow 5, cloud 26, water 1, burnt 8,
  // vegetation 1, choice of the class 6.
  assert.equal(scene.operations([[1, 6, 7, 11]]), 97 * 7 * 11);
  // Per reading: known 2, count 1, two medians 2, distance 2, spread 1, its sum 1, score 3, anomaly
  // 2, and two sorts; per window: ranks 3, medians 2 * 3, mean 2, sigma 4, divisor 2; k is 2.
  assert.equal(telemetry.operations([[5, 33]]), 14 * 5 * 33 + 2 * 5 * 33 * 6 + 17 * 5 + 2);
  assert.equal(telemetry.operations([[1, 1]]), 14 + 17 + 2);
  // Per row: range 4 * 6, safe distance 13, braking 21, answer out of range 2.
  assert.equal(drive.operations([[9, 6]]), 60 * 9);
});

Deno.test("outputShapes() and the datatypes are what the models give", async () => {
  const random = seeded(1);
  const types: Record<string, string> = { float32: "FP32", uint8: "UINT8", bool: "BOOL" };
  for (const spec of MODELS.values()) {
    const run = await open(spec.name);
    for (let i = 0; i < 20; i++) {
      const shape = spec.inputs[0].shape.map((dim) => dim === -1 ? random.integer(1, 40) : dim);
      const outputs = await run(new Float32Array(shape.reduce((a, b) => a * b)), shape);
      assert.deepEqual(Object.keys(outputs).sort(), spec.outputs.map(({ name }) => name).sort());
      spec.outputShapes([shape]).forEach((want, o) => {
        const { dims, type } = outputs[spec.outputs[o].name];
        assert.deepEqual([types[type], dims], [spec.outputs[o].datatype, want]);
      });
    }
  }
});

Deno.test("checkShapes() passes what the models take, up to their limits", () => {
  const good: [typeof scene, number[]][] = [
    [scene, [1, 6, 1, 1]],
    [scene, [1, 6, 512, 512]],
    [scene, [1, 6, 1, 262_144]],
    [telemetry, [1, 1]],
    [telemetry, [262_144, 1]],
    [drive, [262_144, 6]],
  ];
  for (const [spec, shape] of good) assert.equal(checkShapes(spec, [shape]), null);
});

Deno.test("checkShapes() says what is wrong with the first thing wrong", () => {
  const bad: [typeof scene, number[][], string][] = [
    [scene, [], `Model "scene-indices" takes 1 input, got 0`],
    [drive, [[1, 6], [1, 6]], `Model "drive-rss" takes 1 input, got 2`],
    [scene, [[1, 5, 8, 8]], `Input "reflectance" has shape [1,5,8,8]: dimension 1 must be 6`],
    [scene, [[6, 8, 8]], `Input "reflectance" has shape [6,8,8]: it must have 4 dimensions, not 3`],
    [drive, [[0, 6]], `Input "state" has shape [0,6]: dimension 0 must be a positive integer`],
    [drive, [[1.5, 6]], `Input "state" has shape [1.5,6]: dimension 0 must be a positive integer`],
    [
      telemetry,
      [[2, -1]],
      `Input "windows" has shape [2,-1]: dimension 1 must be a positive integer`,
    ],
    [
      telemetry,
      [[1024, 257]],
      `Input "windows" has shape [1024,257]: N * T must be 1 to 262144, not 263168; ` +
      `this prevents the session's memory outgrowing 64 MB of an isolate`,
    ],
  ];
  for (const [spec, shapes, want] of bad) assert.equal(checkShapes(spec, shapes), want);
});
