import assert from "node:assert/strict";
import { inspectModel } from "../../../../models/upload/inspect.ts";
import { node, onnxFile } from "../../models/onnx-file.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const WIRE = "../../../../functions/models/wire.ts";
const { factsToWire, modelsToWire, modelToWire } = await import(WIRE);

Deno.test("A model that fits an isolate runs on hardware alone where the deployment has no Worker Loader", () => {
  const file = onnxFile({ inputs: { x: [4] }, nodes: [node("Relu", "x", "y")], outputs: ["y"] });
  const facts = factsToWire(inspectModel(file, file.length), file.length);
  assert.deepEqual(facts.runs_on, ["isolate", "hardware"]);
  const row = {
    name: "m",
    version: 1,
    tenant_id: "t",
    sha256: "0".repeat(64),
    file_bytes: file.length,
    created_at_ms: 0,
    facts: JSON.stringify(facts),
  };
  for (
    const { env, runs_on } of [
      { env: { LOADER: {} }, runs_on: ["isolate", "hardware"] },
      { env: {}, runs_on: ["hardware"] },
    ]
  ) {
    assert.deepEqual(modelToWire([row], row, env).perigee.runs_on, runs_on);
    assert.deepEqual(modelsToWire([row], env)[0].perigee.runs_on, runs_on);
  }
});
