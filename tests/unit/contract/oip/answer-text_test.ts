import assert from "node:assert/strict";
import { answerText } from "../../../../contract/oip/answer-text.ts";
import type { Tensor } from "../../../../contract/tensor.ts";
import { stringifyExact } from "../../../../contract/exact-json.ts";
import { seeded } from "../../../support/random.ts";

const textOf = (fields: object, outputs: Tensor[]) => [...answerText(fields, outputs)].join("");

Deno.test("answerText() writes what JSON.stringify would, over any number of pieces", () => {
  const random = seeded(3);
  for (const length of [0, 1, 8_191, 8_192, 8_193, 30_000]) {
    const float = Float32Array.from({ length }, () => random.between(-1, 1));
    const outputs: Tensor[] = [
      { name: "f", datatype: "FP32", shape: [length], data: float },
      { name: "d", datatype: "FP64", shape: [length], data: Float64Array.from(float) },
      {
        name: "u",
        datatype: "UINT8",
        shape: [length],
        data: Uint8Array.from(float, (v) => v * 99),
      },
      {
        name: "i",
        datatype: "INT64",
        shape: [length],
        data: BigInt64Array.from(float, (v) => BigInt(Math.round(v * 1e18))),
      },
    ];
    const right = outputs.map(({ name, shape, datatype, data }) => ({
      name,
      shape,
      datatype,
      data: Array.from(data as Iterable<unknown>),
    }));
    assert.equal(textOf({ a: 1 }, outputs), stringifyExact({ a: 1, outputs: right }));
  }
  assert.equal(textOf({}, []), '{"outputs":[]}');
});

Deno.test("What JSON cannot hold goes out as null, and the rest stays as it is", () => {
  const data = Float32Array.from([1, NaN, Infinity, -Infinity, 0.5, -0]);
  const text = textOf({}, [{ name: "x", datatype: "FP32", shape: [6], data }]);
  assert.deepEqual(JSON.parse(text).outputs[0].data, [1, null, null, null, 0.5, 0]);
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
