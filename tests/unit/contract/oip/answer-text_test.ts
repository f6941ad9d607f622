import assert from "node:assert/strict";
import { answerText } from "../../../../contract/oip/answer-text.ts";
import type { Tensor } from "../../../../contract/tensor.ts";
import { stringifyExact } from "../../../../contract/exact-json.ts";
import { seeded } from "../../../support/random.ts";

const textOf = (fields: object, outputs: Tensor[]) =>
  [...answerText(fields, outputs.map((tensor) => ({ tensor, is_binary: false })))].join("");

Deno.test("answerText() writes what JSON.stringify would but for FP32, over any number of pieces", () => {
  const random = seeded(3);
  for (const length of [0, 1, 8_191, 8_192, 8_193, 30_000]) {
    // Quarters, which FP32 and FP64 write alike; the others: below, and shortest-fp32_test.ts.
    const float = Float32Array.from({ length }, () => random.integer(-4_000, 4_000) / 4);
    const outputs: Tensor[] = [
      { name: "f", datatype: "FP32", shape: [length], data: float },
      {
        name: "d",
        datatype: "FP64",
        shape: [length],
        data: Float64Array.from(float, (v) => v / 3),
      },
      {
        name: "u",
        datatype: "UINT8",
        shape: [length],
        data: Uint8Array.from(float, (v) => v & 255),
      },
      {
        name: "i",
        datatype: "INT64",
        shape: [length],
        data: BigInt64Array.from(float, (v) => BigInt(Math.round(v * 1e15))),
      },
    ];
    const right = outputs.map(({ name, shape, datatype, data }) => ({
      name,
      shape,
      datatype,
      data: Array.from(data as Iterable<unknown>),
    }));
    // JSON.stringify() writes -0 as 0.
    for (const array of [float, outputs[1].data as Float64Array]) {
      array.forEach((value, i) => value === 0 && (array[i] = 0));
    }
    assert.equal(textOf({ a: 1 }, outputs), stringifyExact({ a: 1, outputs: right }));
  }
  assert.equal(textOf({}, []), '{"outputs":[]}');
});

Deno.test("What JSON cannot hold goes out as null, and the rest stays as it is", () => {
  const data = Float32Array.from([1, NaN, Infinity, -Infinity, 0.5, -0]);
  const text = textOf({}, [{ name: "x", datatype: "FP32", shape: [6], data }]);
  assert.deepEqual(JSON.parse(text).outputs[0].data, [1, null, null, null, 0.5, -0]);
});

Deno.test("BOOL goes out as true and false", () => {
  const text = textOf({}, [{ name: "x", datatype: "BOOL", shape: [2], data: Uint8Array.of(0, 1) }]);
  assert.deepEqual(JSON.parse(text).outputs[0].data, [false, true]);
});

Deno.test("No text of a caller's is taken for a number on the way out", () => {
  for (const id of ["\u00005", "\\u00005", "5", '"5"', "\u0000-1\u0000"]) {
    assert.deepEqual(JSON.parse(stringifyExact({ id, n: 5n })), { id, n: 5 });
    assert.equal(JSON.parse(textOf({ id }, [])).id, id);
  }
});

Deno.test("FP32 goes out with digits that read back as the same FP32, and no more", () => {
  const random = seeded(4);
  const data = Float32Array.from({ length: 20_000 }, () => random.between(-1, 1));
  data.set([0.1, 0.2, -0.3]);
  const text = textOf({}, [{ name: "x", datatype: "FP32", shape: [20_000], data }]);
  assert.match(text, /"data":\[0\.1,0\.2,-0\.3,/);
  assert.deepEqual(Float32Array.from(JSON.parse(text).outputs[0].data), data);
  assert.ok(text.length < 12 * data.length, `${text.length} bytes`);
});

Deno.test("BYTES goes out as strings, and what is not UTF-8 in it as U+FFFD", () => {
  const data = ["a", "", '\ufeff\u{1f6f0}"\n'].map((text) => new TextEncoder().encode(text));
  data.push(Uint8Array.of(0x61, 0xff));
  const text = textOf({}, [{ name: "x", datatype: "BYTES", shape: [4], data }]);
  assert.deepEqual(JSON.parse(text).outputs[0].data, ["a", "", '\ufeff\u{1f6f0}"\n', "a\ufffd"]);
});

Deno.test("A binary output has its size in the JSON, and none of its elements", () => {
  const tensor: Tensor = {
    name: "x",
    datatype: "FP16",
    shape: [3],
    data: Uint16Array.of(1, 2, 3),
  };
  const bytes: Tensor = { name: "y", datatype: "BYTES", shape: [1], data: [Uint8Array.of(1, 2)] };
  const scalar: Tensor = { name: "z", datatype: "FP32", shape: [], data: Float32Array.of(0.5) };
  const text = [...answerText({ id: "é" }, [
    { tensor, is_binary: true },
    { tensor: scalar, is_binary: false },
    { tensor: bytes, is_binary: true },
  ])].join("");
  assert.deepEqual(JSON.parse(text), {
    id: "é",
    outputs: [
      { name: "x", datatype: "FP16", shape: [3], parameters: { binary_data_size: 6 } },
      { name: "z", datatype: "FP32", shape: [], data: [0.5] },
      { name: "y", datatype: "BYTES", shape: [1], parameters: { binary_data_size: 6 } },
    ],
  });
  assert.throws(() => textOf({}, [tensor]), RangeError);
});
