import assert from "node:assert/strict";
import { countOperations } from "../../../models/operations/count-operations.ts";
import { Float, float32s, list, node, onnxFile, type TestGraph } from "./onnx-file.ts";
import { runOnce } from "./session.ts";

const weights = (dims: number[]) =>
  float32s(dims, Array.from({ length: dims.reduce((n, size) => n * size, 1) }, (_, i) => i % 5));

/** Operators that ONNX's node tests of 1.12 do not have: one graph each, x of some shape. */
const GRAPHS: Record<string, [TestGraph["nodes"][number], number[], TestGraph["constants"]?]> = {
  AffineGrid: [node("AffineGrid", "x size", "y"), [2, 2, 3], { size: list(2, 3, 4, 5) }],
  Col2Im: [node("Col2Im", "x image block", "y"), [1, 12, 9], {
    image: list(4, 4),
    block: list(2, 2),
  }],
  DeformConv: [
    node("DeformConv", "x w offset", "y", { kernel_shape: [2, 2] }),
    [1, 3, 5, 5],
    { w: weights([4, 3, 2, 2]), offset: weights([1, 8, 4, 4]) },
  ],
  Gelu: [node("Gelu", "x", "y"), [2, 3]],
  GlobalLpPool: [node("GlobalLpPool", "x", "y"), [2, 3, 4, 5]],
  GroupNormalization: [
    node("GroupNormalization", "x w w", "y", { num_groups: 2 }),
    [2, 4, 3],
    { w: weights([4]) },
  ],
  LpNormalization: [node("LpNormalization", "x", "y"), [2, 3]],
  LpPool: [node("LpPool", "x", "y", { kernel_shape: [2, 2], strides: [2, 1] }), [1, 2, 6, 5]],
  MaxRoiPool: [
    node("MaxRoiPool", "x rois", "y", { pooled_shape: [2, 3] }),
    [1, 2, 8, 8],
    { rois: float32s([2, 5], [0, 0, 0, 4, 4, 0, 1, 1, 7, 7]) },
  ],
  Mish: [node("Mish", "x", "y"), [2, 3]],
  Multinomial: [node("Multinomial", "x", "y", { sample_size: 7 }), [2, 3]],
  RandomNormal: [node("RandomNormal", "", "y", { shape: [2, 3] }), [1]],
  RandomNormalLike: [node("RandomNormalLike", "x", "y"), [2, 3]],
  RandomUniform: [node("RandomUniform", "", "y", { shape: [4] }), [1]],
  Swish: [node("Swish", "x", "y", { alpha: new Float(1) }), [2, 3]],
};

const OPSETS: Record<string, number> = { Gelu: 22, Mish: 22, Swish: 24 };

/** What the engine has up to this operator set only, and the counter takes up to it. */
const OPSET = 21;

for (const [name, [one, dims, constants]] of Object.entries(GRAPHS)) {
  Deno.test(`${name} is run by the engine, and has the shape that is counted`, async () => {
    const file = onnxFile({
      opset: OPSETS[name] ?? OPSET,
      inputs: { x: dims },
      nodes: [one],
      outputs: ["y"],
      ...(constants && { constants }),
    });
    const { outputs, operations } = countOperations(file)({});
    const data = new Float32Array(dims.reduce((n, size) => n * size, 1)).fill(0.5);
    const ran = await runOnce(file, { x: { data, dims } });
    assert.deepEqual([...ran.y.dims], outputs.y);
    assert(operations > 0);
  });
}

Deno.test("an operator that the engine has up to operator set 21 is refused beyond it, as it is there", async () => {
  for (const name of ["GlobalLpPool", "MaxRoiPool", "Multinomial", "RandomNormalLike"]) {
    const [one, dims, constants] = GRAPHS[name];
    const file = onnxFile({
      opset: OPSET + 1,
      inputs: { x: dims },
      nodes: [one],
      outputs: ["y"],
      ...(constants && { constants }),
    });
    assert.throws(() => countOperations(file)({}), { message: /up to operator set 21/ });
    const data = new Float32Array(dims.reduce((n, size) => n * size, 1));
    await assert.rejects(runOnce(file, { x: { data, dims } }), /Could not find an implementation/);
  }
});
