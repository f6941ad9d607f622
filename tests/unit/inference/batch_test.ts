import assert from "node:assert/strict";
import type { Datatype, Tensor, TensorData } from "../../../contract/tensor.ts";
import { joinable, joinInputs, splitOutputs } from "../../../inference/batch.ts";
import { builtIn } from "../../../inference/engine.ts";
import { OnnxEngine } from "../../../inference/onnx.ts";
import { MODELS, type ModelSpec } from "../../../models/catalogue.ts";
import { RSS_COLUMNS } from "../../../models/drive-rss.ts";
import { type Random, seeded } from "../../support/random.ts";

const [scene, telemetry, drive] = ["scene-indices", "telemetry-anomaly", "drive-rss"].map((name) =>
  MODELS.get(name)!
);
const engine = new OnnxEngine();

const tensor = (spec: ModelSpec, shape: number[], data: Float32Array): Tensor => ({
  name: spec.inputs[0].name,
  datatype: "FP32",
  shape,
  data,
});

const zeros = (spec: ModelSpec, ...shape: number[]) => [
  tensor(spec, shape, new Float32Array(shape.reduce((a, b) => a * b))),
];

/** Stuck sensors, whose score is a sum in float32 that another order would round otherwise. */
function windows(random: Random, rows: number, length: number): Tensor[] {
  const data = new Float32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    const stuck = random.pick([0, 0.4, 0.7, 1]);
    for (let t = 0; t < length; t++) {
      const wild = random.pick([NaN, 1e9, 7 + random.between(-1, 1) * random.pick([1e-3, 1, 1e4])]);
      const value = random.chance(0.03) ? wild : 7 + random.between(-1, 1);
      data[row * length + t] = random.chance(stuck) ? 7 : value;
    }
  }
  return [tensor(telemetry, [rows, length], data)];
}

function pairs(random: Random, rows: number): Tensor[] {
  const row = () =>
    RSS_COLUMNS.map(({ min, max }) =>
      random.chance(0.03) ? NaN : random.between(min, random.pick([max, min + (max - min) / 20]))
    );
  return [tensor(drive, [rows, 6], Float32Array.from(Array.from({ length: rows }, row).flat()))];
}

const LENGTHS = [1, 2, 3, 5, 8, 13, 16, 17, 31, 64, 65, 127, 129, 1000];

const ASKS: Record<string, (random: Random) => Tensor[][]> = {
  "telemetry-anomaly": (random) => {
    const length = random.pick(LENGTHS);
    // A long run now and then: the runtime may go about it in another way.
    const most = length < 130 && random.chance(0.05) ? 300 : 5;
    return several(random, () => windows(random, random.integer(1, most), length));
  },
  "drive-rss": (random) => {
    const most = random.chance(0.05) ? 2_000 : 40;
    return several(random, () => pairs(random, random.integer(1, most)));
  },
};

function several(random: Random, make: () => Tensor[]): Tensor[][] {
  return Array.from({ length: random.integer(2, 6) }, make);
}

/** A NaN has many bits, and 0 two signs: bytes tell them apart. */
const bytesOf = (data: TensorData): Uint8Array => {
  assert(!Array.isArray(data));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

Deno.test("every model says along which dimension asks may be joined, or that there is none", () => {
  assert.deepEqual([scene.batch, telemetry.batch, drive.batch], [null, "N", "N"]);
  for (const { batch, dims, inputs, outputs } of MODELS.values()) {
    if (batch === null) continue;
    for (const input of dims) {
      assert.deepEqual([input[0], input.lastIndexOf(batch)], [batch, 0]);
    }
    for (const { shape } of [...inputs, ...outputs]) assert.equal(shape[0], -1);
  }
});

for (const spec of MODELS.values()) {
  if (spec.batch === null) continue;

  Deno.test(`${spec.name}: asks joined into one run get the very bits that each gets alone`, async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const asks = ASKS[spec.name](seeded(seed));
      assert(joinable(spec, asks));
      const together = await engine.run(builtIn(spec), joinInputs(asks));
      const parts = splitOutputs(together, asks);
      for (const [i, ask] of asks.entries()) {
        const alone = await engine.run(builtIn(spec), ask);
        alone.forEach((want, o) => {
          const got = parts[i][o];
          const where = `seed ${seed}, ask ${i} of ${asks.length}, ${want.name} [${want.shape}]`;
          assert.deepEqual(
            [got.name, got.datatype, got.shape],
            [want.name, want.datatype, want.shape],
            where,
          );
          assert.deepEqual(bytesOf(got.data), bytesOf(want.data), where);
        });
      }
    }
  });

  Deno.test(`${spec.name}: a joined run takes the operations of its asks, less what is done once a run`, () => {
    const once = spec.name === "telemetry-anomaly" ? 2 : 0;
    for (let seed = 1; seed <= 300; seed++) {
      const shapes = ASKS[spec.name](seeded(seed)).map((ask) => ask.map((input) => input.shape));
      const rows = shapes.map(([[rows]]) => rows).reduce((a, b) => a + b);
      const joined = spec.operations([[rows, ...shapes[0][0].slice(1)]]);
      const alone = shapes.map((one) => spec.operations(one)).reduce((a, b) => a + b);
      assert.equal(joined, alone - once * (shapes.length - 1), `seed ${seed}`);
    }
  });
}

Deno.test("joinable() wants asks that are alike and fit together within the model's limits", () => {
  const cases: [ModelSpec, Tensor[][], boolean][] = [
    [telemetry, [], false],
    [telemetry, [zeros(telemetry, 2, 8), zeros(telemetry, 5, 8)], true],
    [telemetry, [zeros(telemetry, 2, 8), zeros(telemetry, 2, 9)], false],
    [telemetry, [zeros(telemetry, 512, 256), zeros(telemetry, 512, 256)], true],
    [telemetry, [zeros(telemetry, 512, 256), zeros(telemetry, 513, 256)], false],
    [drive, [zeros(drive, 1, 6), zeros(drive, 2, 6), zeros(drive, 3, 6)], true],
    [drive, [zeros(drive, 1, 6), []], false],
    [drive, [zeros(drive, 262_143, 6), zeros(drive, 1, 6)], true],
    [drive, [zeros(drive, 262_143, 6), zeros(drive, 1, 6), zeros(drive, 1, 6)], false],
    [drive, [zeros(drive, 1, 6), [{ ...zeros(drive, 1, 6)[0], datatype: "FP64" }]], false],
    [scene, [zeros(scene, 1, 6, 8, 8)], true],
    [scene, [zeros(scene, 1, 6, 8, 8), zeros(scene, 1, 6, 8, 8)], false],
  ];
  for (const [spec, asks, want] of cases) {
    const where = `${spec.name} ${
      JSON.stringify(asks.map((ask) => ask.map(({ shape }) => shape)))
    }`;
    assert.equal(joinable(spec, asks), want, where);
  }
});

Deno.test("one ask alone goes through as it is, uncopied", () => {
  const ask = zeros(scene, 1, 6, 8, 8);
  assert.equal(joinInputs([ask])[0], ask[0]);
  const outputs = zeros(scene, 1, 8, 8);
  assert.equal(splitOutputs(outputs, [ask])[0][0], outputs[0]);
});

/** A model of two inputs, as none of the built-in ones is: joining knows nothing of any model. */
const twoInputs = (datatype: Datatype): ModelSpec => ({
  ...drive,
  inputs: [{ name: "a", datatype, shape: [-1, 2] }, { name: "b", datatype, shape: [-1] }],
  dims: [["N", 2], ["N"]],
});

const DATA: [Datatype, (values: number[]) => TensorData][] = [
  ["UINT8", (values) => Uint8Array.from(values)],
  ["FP16", (values) => Uint16Array.from(values)],
  ["INT32", (values) => Int32Array.from(values)],
  ["INT64", (values) => BigInt64Array.from(values.map(BigInt))],
  ["UINT64", (values) => BigUint64Array.from(values.map(BigInt))],
  ["FP64", (values) => Float64Array.from(values)],
  ["BYTES", (values) => values.map((value) => Uint8Array.of(value))],
];

for (const [datatype, make] of DATA) {
  Deno.test(`splitOutputs() undoes joinInputs(), and shares no memory between asks: ${datatype}`, () => {
    const spec = twoInputs(datatype);
    for (let seed = 1; seed <= 50; seed++) {
      const random = seeded(seed);
      const values = (length: number) => make(Array.from({ length }, () => random.integer(0, 255)));
      const asks = several(random, () => {
        const rows = random.integer(1, 5);
        return [
          { name: "a", datatype, shape: [rows, 2], data: values(2 * rows) },
          { name: "b", datatype, shape: [rows], data: values(rows) },
        ];
      });
      assert(joinable(spec, asks));
      const joined = joinInputs(asks);
      const rows = asks.map(([a]) => a.shape[0]).reduce((a, b) => a + b);
      assert.deepEqual(joined.map(({ shape }) => shape), [[rows, 2], [rows]]);
      const parts = splitOutputs(joined, asks);
      assert.deepEqual(parts, asks, `seed ${seed}`);
      for (const { data } of parts.flat()) {
        if (!Array.isArray(data)) assert.equal(data.buffer.byteLength, data.byteLength);
      }
    }
  });
}

Deno.test("asks whose inputs are of different lengths are not joined", () => {
  const spec = twoInputs("INT32");
  const ask = (a: number, b: number): Tensor[] => [
    { name: "a", datatype: "INT32", shape: [a, 2], data: new Int32Array(2 * a) },
    { name: "b", datatype: "INT32", shape: [b], data: new Int32Array(b) },
  ];
  assert(joinable(spec, [ask(2, 2), ask(3, 3)]));
  // Their sums agree.
  assert(!joinable(spec, [ask(2, 3), ask(3, 2)]));
});

Deno.test("splitOutputs() throws where a model gave another number of rows than were joined", () => {
  const asks = [zeros(drive, 2, 6), zeros(drive, 3, 6)];
  const short = [{ ...zeros(drive, 4)[0], name: "safe_distance_m" }];
  assert.throws(() => splitOutputs(short, asks), {
    name: "RangeError",
    message: `Output "safe_distance_m" has shape [4], but 5 were joined`,
  });
});
