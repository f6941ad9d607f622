/**
 * What bytes cost beside JSON: an image of 3 MB, read and written by what the worker reads and writes with.
 */
import assert from "node:assert/strict";
import { binaryBody, image, type ImageBody, jsonBody } from "../../../../benches/image.ts";
import { answerText } from "../../../../contract/oip/answer-text.ts";
import { InferBodyReader } from "../../../../contract/oip/infer-body.ts";
import type { Tensor } from "../../../../contract/tensor.ts";

const CHUNK_BYTES = 2 ** 16;
const scene = image();

function read({ body, headers }: ImageBody, seen: () => void = () => {}): Tensor {
  const told = headers["Inference-Header-Content-Length"];
  const reader = new InferBodyReader(
    { model: "m", inputs: [{ name: "reflectance", datatype: "FP32" }], wrongShape: () => null },
    told === undefined ? null : Number(told),
  );
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    reader.write(body.subarray(at, at + CHUNK_BYTES));
    seen();
  }
  return reader.end().tensors.get("reflectance")!;
}

/** How long it takes to read the image and to write it again, at best. */
function best_ms(body: ImageBody, is_binary: boolean): number {
  const times = Array.from({ length: 4 }, () => {
    const from = performance.now();
    const tensor = read(body);
    for (const _ of answerText({}, [{ tensor, is_binary }]));
    return performance.now() - from;
  });
  return Math.min(...times);
}

Deno.test("An image is read from bytes as it is read from JSON, at a tenth of the time", () => {
  const [binary, json] = [binaryBody(scene), jsonBody(scene)];
  assert.deepEqual(read(binary).data, scene);
  assert.deepEqual(read(json).data, scene);
  const ratio = best_ms(json, false) / best_ms(binary, true);
  assert.ok(ratio > 10, `${ratio} times as fast`);
});

Deno.test("An image takes less than three times its size while it is read from bytes", () => {
  const body = binaryBody(scene);
  const before = Deno.memoryUsage().external;
  let most = 0;
  const tensor = read(body, () => most = Math.max(most, Deno.memoryUsage().external - before));
  assert.equal(tensor.data.length, scene.length);
  assert.ok(most >= scene.byteLength, "the tensor is not in what is measured");
  assert.ok(most < 3 * scene.byteLength, `${most} bytes for ${scene.byteLength}`);
});
