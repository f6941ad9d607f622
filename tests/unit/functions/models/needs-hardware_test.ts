import assert from "node:assert/strict";
import type { UploadedModel } from "../../../../contract/uploaded-model.ts";
import { MODELS } from "../../../../models/catalogue.ts";
import { uploadedSpec } from "../../../../models/upload/spec.ts";
import { node, onnxFile } from "../../models/onnx-file.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const NEEDS = "../../../../functions/models/needs-hardware.ts";
const { whyHardware, everNeedsHardware } = await import(NEEDS);

const LOADER = {};
const file = onnxFile({
  inputs: { x: ["N", "N"] },
  nodes: [node("MatMul", "x x", "y")],
  outputs: ["y"],
});
const uploaded: UploadedModel = {
  tenant_id: "t",
  name: "square",
  version: "1",
  sha256: "0".repeat(64),
  object: "t/key",
  file_bytes: file.byteLength,
};
const input = (size: number) => [{ name: "x", datatype: "FP32", shape: [size, size], data: [] }];

Deno.test("A run that fits needs no board where there is a Worker Loader, and one without", () => {
  const spec = uploadedSpec(file, uploaded);
  assert.equal(whyHardware(spec, input(8), { LOADER }), null);
  assert.deepEqual(whyHardware(spec, input(8), {}), {
    code: "no_sandbox",
    says: "This deployment has no sandboxes for uploaded models",
  });
  assert.deepEqual([everNeedsHardware(spec, { LOADER }), everNeedsHardware(spec, {})], [
    false,
    true,
  ]);
});

Deno.test("A run that is too much says which bound it passes", () => {
  assert.deepEqual(whyHardware(uploadedSpec(file, uploaded), input(1_024), { LOADER }), {
    code: "no_node",
    says: "The run is too much for a sandbox: it takes 2.15 billion operations, over 2",
  });
});

Deno.test("Built-in models need no board, with and without a Worker Loader", () => {
  for (const spec of MODELS.values()) {
    assert.equal(whyHardware(spec, [], {}), null);
    assert.equal(everNeedsHardware(spec, {}), false);
  }
});
