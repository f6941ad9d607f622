/**
 * What the engine has loaded before it is asked to run.
 * @module
 */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-web/wasm";
import { builtIn } from "../../../inference/engine.ts";
import { OnnxEngine } from "../../../inference/onnx.ts";
import { MODELS } from "../../../models/catalogue.ts";

Deno.test("OnnxEngine.warm() loads every model of the catalogue, each once", async () => {
  const { create } = ort.InferenceSession;
  let loaded = 0;
  const counting = (...args: Parameters<typeof create>) => {
    loaded++;
    return create.apply(ort.InferenceSession, args);
  };
  Object.assign(ort.InferenceSession, { create: counting });
  try {
    const engine = new OnnxEngine();
    await engine.warm();
    assert.equal(loaded, MODELS.size);
    await engine.warm();
    const data = Float32Array.of(30, 25, 40, 0.5, 3, 8);
    const state = { name: "state", datatype: "FP32" as const, shape: [1, 6], data };
    assert.equal(
      (await engine.run(builtIn(MODELS.get("drive-rss")!), [state])).length,
      MODELS.get("drive-rss")!.outputs.length,
    );
    assert.equal(loaded, MODELS.size);
  } finally {
    Object.assign(ort.InferenceSession, { create });
  }
});

Deno.test("runs that are asked at once do not mix: each gives what it gives alone", async () => {
  const engine = new OnnxEngine();
  const model = builtIn(MODELS.get("drive-rss")!);
  const state = (rows: number) => [{
    name: "state",
    datatype: "FP32" as const,
    shape: [rows, 6],
    data: Float32Array.from({ length: 6 * rows }, (_, i) => i + 1.5),
  }];
  await engine.warm();
  const alone = [await engine.run(model, state(1)), await engine.run(model, state(2))];
  // Without an order among them nearly all of twenty fail, and some give what another asked for.
  for (let round = 0; round < 20; round++) {
    const together = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      for (let wait = 0; wait < (i * round) % 4; wait++) await null;
      return await engine.run(model, state(1 + i % 2));
    }));
    for (const [i, outputs] of together.entries()) assert.deepEqual(outputs, alone[i % 2]);
  }
});
