import assert from "node:assert/strict";
import { InferBodyReader, VALUES_MAX } from "../../../../contract/oip/infer-body.ts";
import type { ModelInputs } from "../../../../contract/oip/tensor-admission.ts";
import { InvalidBody } from "../../../../contract/oip/invalid-body.ts";
import { type Datatype, DATATYPES } from "../../../../contract/tensor.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { naiveTensors } from "./naive-body.ts";

const TAKES: ModelInputs = {
  model: "m",
  inputs: [{ name: "x", datatype: "FP32" }, { name: "y", datatype: "INT64" }],
  wrongShape: (input, shape) => shape.length > 4 ? `Input "${input}" has too many axes` : null,
};

const utf8 = new TextEncoder();

function read(text: string, { takes = TAKES, chunk = (): number => 1_000 } = {}) {
  const reader = new InferBodyReader(takes);
  const bytes = utf8.encode(text);
  for (let at = 0; at < bytes.length;) {
    const size = chunk();
    reader.write(bytes.subarray(at, at + size));
    at += size;
  }
  return reader.end();
}

const takesOne = (datatype: Datatype): ModelInputs => ({
  ...TAKES,
  inputs: [{ name: "x", datatype }],
});

const bodyWith = (input: object) =>
  JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [2], data: [1, 2], ...input }] });

const EDGES = [
  "0",
  "-0",
  "1",
  "255",
  "256",
  "-1",
  "0.5",
  "1e3",
  "1E-7",
  "2147483648",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "18446744073709551616",
  "1e400",
  "3.5e38",
  "true",
  "false",
  "null",
  "NaN",
  "Infinity",
  "-Infinity",
  '"1"',
  "{}",
  "[]",
  "[1]",
];

function dataOf(random: Random, shape: number[], element: () => string): string {
  const [size = 1, ...rest] = shape;
  const isNested = rest.length > 0;
  const items = Array.from(
    { length: random.chance(0.03) ? size + 1 : size },
    () => isNested ? dataOf(random, rest, element) : element(),
  );
  return `[${items.join(random.pick([",", " , ", ",\n"]))}]`;
}

Deno.test("InferBodyReader reads the tensors that a plain reading finds, and refuses the others", () => {
  let [taken, refused] = [0, 0];
  for (let seed = 0; seed < 6_000; seed++) {
    const random = seeded(seed);
    const datatype = random.pick(DATATYPES);
    const shape = Array.from({ length: random.integer(0, 3) }, () => random.integer(1, 3));
    const length = shape.reduce((product, size) => product * size, 1);
    const wild = random.chance(0.5);
    const small = datatype.startsWith("U") || datatype === "BOOL" ? "1" : "-1";
    const element = () =>
      wild && random.chance(0.2)
        ? random.pick(EDGES)
        : random.pick(datatype === "BYTES" ? ['"a"', '"é\\n"', '""'] : ["0", "1", small]);
    const data = random.chance(0.5)
      ? dataOf(random, [length], element)
      : dataOf(random, shape, element);
    const fields = [
      `"name":"x"`,
      `"datatype":"${datatype}"`,
      `"shape":[${shape}]`,
      `"data":${data}`,
    ];
    // Clients may write fields in any order.
    if (random.chance(0.4)) fields.sort(() => random.next() - 0.5);
    const text = `{"unknown":{"data":[1]},"inputs":[{${fields}}],"id":"a"}`;
    const takes = takesOne(datatype);
    const right = naiveTensors(text, [...takes.inputs]);
    const max = random.pick([1, 3, 1e6]);
    const chunk = () => random.integer(1, max);
    if (right) {
      taken++;
      assert.deepEqual(read(text, { takes, chunk }).tensors, right, `seed ${seed}: ${text}`);
    } else {
      refused++;
      assert.throws(() => read(text, { takes, chunk }), InvalidBody, `seed ${seed}: ${text}`);
    }
  }
  assert.ok(taken > 1_000 && refused > 1_000, `${taken} taken, ${refused} refused`);
});

Deno.test("InferBodyReader gives the schema all fields that it knows, without the tensors' elements", () => {
  const parameters = { origin_lat: 1, policy: '{"deny":[]}', n: null };
  const { fields } = read(JSON.stringify({
    id: "a",
    parameters,
    more: [[{ a: [1] }]],
    inputs: [
      { name: "x", shape: [2], datatype: "FP32", parameters: { a: true }, data: [1, 2], extra: {} },
      7,
      { name: "y", data: "text" },
      { shape: "wrong", name: "y", datatype: "INT64", data: [[1, [2]]] },
    ],
    outputs: [{ name: "o" }],
  }));
  assert.deepEqual(fields, {
    id: "a",
    parameters,
    inputs: [
      { name: "x", shape: [2], datatype: "FP32", parameters: { a: true }, data: [] },
      7,
      { name: "y", data: "text" },
      { shape: "wrong", name: "y", datatype: "INT64", data: [] },
    ],
    outputs: [{ name: "o" }],
  });
  for (const whole of [5, "a", null, [1], { inputs: 5 }, {}]) {
    assert.deepEqual(read(JSON.stringify(whole)).fields, whole);
  }
});

Deno.test("InferBodyReader says what is wrong with a tensor, as a sentence", () => {
  const refusals: [string, RegExp][] = [
    [bodyWith({ shape: [3] }), /^Input "x" has shape \[3\], so 3 elements, but data holds 2$/],
    [bodyWith({ shape: [] }), /so 1 elements, but data holds more/],
    [bodyWith({ data: [] }), /data holds 0/],
    [bodyWith({ shape: [1, 2], data: [[1], [2]] }), /nested in another way than shape \[1,2\]/],
    [bodyWith({ shape: [2, 2], data: [[1, 2], 3, 4] }), /nested in another way/],
    [bodyWith({ shape: [2, 2], data: [[1, 2, 3], [4]] }), /nested in another way/],
    [bodyWith({ data: [[1, 2]] }), /nested in another way/],
    [bodyWith({ shape: [], data: [[1]] }), /nested in another way/],
    [bodyWith({ data: [1, "2"] }), /^Input "x": element 1 must be a number, or null for NaN$/],
    [bodyWith({ data: [1, {}] }), /element 1 must be a number/],
    [bodyWith({ name: "z" }), /^Model "m" has no input "z": it takes x, y$/],
    [bodyWith({ datatype: "INT64" }), /^Input "x" has datatype INT64: it must be FP32$/],
    [bodyWith({ shape: [1, 1, 1, 1, 2] }), /too many axes/],
    [bodyWith({ shape: [2 ** 31, 2 ** 31] }), /elements: at most 8388608 of FP32 fit$/],
    [
      `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1],"data":[1]}]}`,
      /"data" is there twice/,
    ],
    [`{"inputs":[],"inputs":[]}`, /"inputs" is there twice/],
    [
      JSON.stringify({
        inputs: [...JSON.parse(bodyWith({})).inputs, ...JSON.parse(bodyWith({})).inputs],
      }),
      /Two inputs have one name/,
    ],
    [JSON.stringify({ inputs: Array.from({ length: 65 }, () => ({})) }), /at most 64/],
  ];
  for (const [text, says] of refusals) {
    assert.throws(
      () => read(text),
      (error: Error) => error instanceof InvalidBody && says.test(error.message),
      text,
    );
  }
  assert.throws(() => read(bodyWith({ datatype: "FP16" }), { takes: takesOne("FP16") }), {
    message: 'Input "x": FP16 cannot be sent as JSON, but as binary_data',
  });
});

Deno.test("InferBodyReader's work follows what a model takes, not what is sent", () => {
  const many = (item: string, count: number) => `[${Array(count).fill(item).join()}]`;
  const refusals: [string, RegExp][] = [
    [`{"outputs":[{"parameters":{"a":${many("null", 300_000)}}}]}`, /more than 8192 values/],
    [`{"x":${many("{}", 300_000)}}`, /more than 8192 values/],
    [`{"parameters":${many("1", 300_000)}}`, /more than 8192 values/],
    ["[".repeat(1_000_000), /nested deeper/],
    [`{"inputs":${"[".repeat(1_000_000)}`, /nested deeper/],
    [bodyWith({}).replace("[1,2]", "[".repeat(1_000_000)), /nested in another way/],
    [bodyWith({}).replace("[1,2]", many("1", 1_000_000)), /so 2 elements, but data holds more/],
  ];
  for (const [text, says] of refusals) {
    const bytes = utf8.encode(text);
    const reader = new InferBodyReader(TAKES);
    let at = 0;
    assert.throws(() => {
      for (; at < bytes.length; at += 4_096) reader.write(bytes.subarray(at, at + 4_096));
      reader.end();
    }, says);
    assert.ok(at < 40 * VALUES_MAX, `${says}: refused after ${at} bytes of ${bytes.length}`);
  }
});

Deno.test("Integers of 64 bits keep every digit, and floats beside them are still floats", () => {
  const digits = ["9007199254740993", "9223372036854775807", "-9223372036854775808", "7"];
  const text = `{"inputs":[{"name":"y","datatype":"INT64","shape":[4],"data":[${digits}]},` +
    `{"name":"x","datatype":"FP32","shape":[1],"data":[123456789012345678901234567890]}]}`;
  const { tensors } = read(text, { chunk: () => 3 });
  assert.deepEqual(tensors.get("y")!.data, BigInt64Array.from(digits.map(BigInt)));
  assert.deepEqual(tensors.get("x")!.data, Float32Array.of(1.2345678901234568e29));
});

Deno.test("A run of numbers with a fault at its end is tried once a chunk, not once a number", () => {
  const { parse } = JSON;
  let calls = 0;
  JSON.parse = (...args: Parameters<typeof parse>) => (calls++, parse(...args));
  try {
    const text = bodyWith({ shape: [100_001] }).replace("[1,2]", `[${"1,".repeat(100_000)}01]`);
    assert.throws(() => read(text, { chunk: () => 65_536 }), /No number ends at byte/);
  } finally {
    JSON.parse = parse;
  }
  // Two calls a chunk of 65,536 bytes at most, and one for a text with an escape.
  assert.ok(calls < 10, `${calls} calls`);
});

Deno.test("InferBodyReader takes NaN and the infinities where a float is, and nowhere else", () => {
  const words = "[NaN,-Infinity,null,Infinity,-1]";
  const right = Float32Array.of(NaN, -Infinity, NaN, Infinity, -1);
  const text = bodyWith({ shape: [5] }).replace("[1,2]", words);
  for (const size of [1, 2, 3, 1_000]) {
    assert.deepEqual(read(text, { chunk: () => size }).tensors.get("x")!.data, right);
  }
  // The elements come before anybody knows that they are floats.
  const early = `{"inputs":[{"data":${words},"name":"x","datatype":"FP32","shape":[5]}]}`;
  assert.deepEqual(read(early).tensors.get("x")!.data, right);
  for (const wrong of ["-", "-I", "Nan", "-NaN", "+Infinity", "Infinit", "--Infinity", "1NaN"]) {
    const text = bodyWith({}).replace("[1,2]", `[1,${wrong}]`);
    for (const size of [1, 1_000]) {
      assert.throws(() => read(text, { chunk: () => size }), SyntaxError, wrong);
    }
  }
  for (const field of ['"id":NaN', '"parameters":{"a":-Infinity}', '"unknown":[Infinity]']) {
    assert.throws(() => read(`{${field}}`), SyntaxError, field);
  }
  const integers = bodyWith({ name: "y", datatype: "INT64" }).replace("[1,2]", "[1,NaN]");
  assert.throws(() => read(integers), { message: /element 1 must be an integer/ });
});
