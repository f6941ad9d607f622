import assert from "node:assert/strict";
import { encode } from "../../../models/graph/protobuf.ts";
import { ModelError } from "../../../models/operations/model-error.ts";
import { inspectModel } from "../../../models/upload/inspect.ts";
import { FILE_BYTES_MAX } from "../../../models/upload/limits.ts";
import { skeletonOf, SkeletonReader } from "../../../models/upload/skeleton.ts";
import { seeded } from "../../support/random.ts";
import { float32s, floats, list, node, onnxFile } from "./onnx-file.ts";

const read = (name: string) =>
  Deno.readFile(new URL(`../../../models/onnx/${name}.onnx`, import.meta.url));

const network = onnxFile({
  inputs: { x: [1, 8, "H", "W"] },
  constants: { w: floats([64, 8, 3, 3], seeded(1)), shape: list(1, -1) },
  nodes: [node("Conv", "x w", "c", { pads: [1, 1, 1, 1] }), node("Reshape", "c shape", "y")],
  outputs: ["y"],
});

Deno.test("SkeletonReader gives the same skeleton, however the file is cut", async () => {
  const files = [network, await read("scene-indices"), await read("telemetry-anomaly")];
  for (const [i, file] of files.entries()) {
    const want = skeletonOf(file);
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed);
      const reader = new SkeletonReader();
      for (let at = 0; at < file.length;) {
        const until = at + random.pick([1, 2, 7, 300, 5_000]);
        reader.push(file.subarray(at, until));
        at = until;
      }
      assert.deepEqual(reader.finish(), want, `file ${i}, seed ${seed}`);
    }
  }
});

Deno.test("a skeleton has no large weights, and tells the same as the file", () => {
  const skeleton = skeletonOf(network);
  assert(network.length > 64 * 8 * 9 * 4 && skeleton.length < 500, `${skeleton.length}`);
  const facts = inspectModel(skeleton, network.length);
  assert.equal(facts.parameter_bytes, 4 * 64 * 8 * 9 + 2 * 8);
  assert.deepEqual(facts.outputs[0].dims, ["y.0", "y.1"]);
});

/** A file whose one tensor has so many bytes, piece by piece; nobody holds it whole. */
function* largeFile(bytes: number, promised: number): Iterable<Uint8Array> {
  const nodes = encode([[1, [[1, "x"], [1, "w"], [2, "y"], [4, "Add"]]], [2, "g"]]);
  const ports = encode([
    [11, [[1, "x"], [2, [[1, [[1, 1], [2, [[1, [[1, 1]]]]]]]]]]],
    [12, [[1, "y"]]],
  ]);
  const head = encode([[1, promised], [2, 1], [8, "w"]]);
  const lengthOf = (length: number) => encode([[1, length]]).slice(1);
  const raw = [Uint8Array.of(9 << 3 | 2), lengthOf(bytes)];
  const tensor = head.length + raw[0].length + raw[1].length + bytes;
  const graph = nodes.length + ports.length + 1 + lengthOf(tensor).length + tensor;
  yield encode([[1, 8], [8, [[1, ""], [2, 17]]]]);
  yield Uint8Array.of(7 << 3 | 2);
  yield lengthOf(graph);
  yield nodes;
  yield ports;
  yield Uint8Array.of(5 << 3 | 2);
  yield lengthOf(tensor);
  yield head;
  yield* raw;
  const piece = new Uint8Array(64 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) {
    yield piece.subarray(0, Math.min(left, piece.length));
  }
}

function readLarge(bytes: number, promised: number): Uint8Array {
  const reader = new SkeletonReader();
  for (const piece of largeFile(bytes, promised)) reader.push(piece);
  return reader.finish();
}

Deno.test("a file of 90 MB is checked without being held", () => {
  const bytes = 90e6;
  const before = Deno.memoryUsage();
  const skeleton = readLarge(bytes, bytes / 4);
  const after = Deno.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assert(grown < 32 * 2 ** 20, `${grown} bytes more`);
  assert.equal(inspectModel(skeleton, bytes).parameter_bytes, bytes);
  assert(skeleton.length < 1_000);
});

Deno.test("what a large tensor promises beyond its bytes is found in the skeleton", () => {
  assert.throws(() => inspectModel(readLarge(40_000, 10_001), 40_100), {
    name: "ModelError",
    message: 'Constant "w" holds 10000 elements, but its shape [10001] has 10001',
  });
});

Deno.test("a file larger than a body may be is refused as soon as it is", () => {
  const reader = new SkeletonReader();
  assert.throws(
    () => {
      for (const piece of largeFile(FILE_BYTES_MAX, 1)) reader.push(piece);
    },
    (error) => error instanceof ModelError && /larger than/.test(error.message),
  );
});

Deno.test("a small tensor keeps its elements, since they may carry a shape", () => {
  const file = onnxFile({
    inputs: { x: [24] },
    constants: { shape: list(4, 6), b: float32s([2], [0, 1]) },
    nodes: [node("Reshape", "x shape", "y")],
    outputs: ["y"],
  });
  assert.deepEqual(inspectModel(skeletonOf(file), file.length).outputs[0].dims, [4, 6]);
});
