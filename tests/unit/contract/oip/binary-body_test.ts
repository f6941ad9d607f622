/**
 * Bodies whose tensors follow the JSON as bytes, against a plain reading of the whole body.
 */
import assert from "node:assert/strict";
import { InferBodyReader } from "../../../../contract/oip/infer-body.ts";
import { InvalidBody } from "../../../../contract/oip/invalid-body.ts";
import type { ModelInputs } from "../../../../contract/oip/tensor-admission.ts";
import { type Datatype, DATATYPES, type TensorData } from "../../../../contract/tensor.ts";
import { type Random, seeded } from "../../../support/random.ts";

const utf8 = new TextEncoder();

interface Given {
  name: string;
  datatype: Datatype;
  shape: number[];
  /** Where the tensor is sent as bytes. */
  raw?: Uint8Array;
  /** What binary_data_size says of them; whatever is wrong with it. */
  size?: unknown;
}

const WIDTHS: Partial<Record<Datatype, number>> = {
  UINT16: 2,
  INT16: 2,
  FP16: 2,
  UINT32: 4,
  INT32: 4,
  FP32: 4,
  UINT64: 8,
  INT64: 8,
  FP64: 8,
};

const product = (shape: number[]) => shape.reduce((n, size) => n * size, 1);

/** The elements read one at a time; null: these bytes are no such tensor. */
function naiveData({ datatype, shape, raw }: Given): TensorData | null {
  const length = product(shape);
  const view = new DataView(raw!.slice().buffer);
  if (datatype === "BYTES") {
    const elements: Uint8Array[] = [];
    let rest = raw!;
    while (rest.length >= 4) {
      const size = new DataView(rest.slice().buffer).getUint32(0, true);
      if (size > rest.length - 4) return null;
      elements.push(rest.slice(4, 4 + size));
      rest = rest.slice(4 + size);
    }
    return rest.length === 0 && elements.length === length ? elements : null;
  }
  const width = WIDTHS[datatype] ?? 1;
  if (raw!.length !== length * width) return null;
  const read = <T>(one: (at: number) => T) => Array.from({ length }, (_, i) => one(i * width));
  switch (datatype) {
    case "BOOL":
      return raw!.every((byte) => byte <= 1) ? raw!.slice() : null;
    case "UINT8":
      return raw!.slice();
    case "INT8":
      return Int8Array.from(read((at) => view.getInt8(at)));
    case "UINT16":
    case "FP16":
      return Uint16Array.from(read((at) => view.getUint16(at, true)));
    case "INT16":
      return Int16Array.from(read((at) => view.getInt16(at, true)));
    case "UINT32":
      return Uint32Array.from(read((at) => view.getUint32(at, true)));
    case "INT32":
      return Int32Array.from(read((at) => view.getInt32(at, true)));
    case "UINT64":
      return BigUint64Array.from(read((at) => view.getBigUint64(at, true)));
    case "INT64":
      return BigInt64Array.from(read((at) => view.getBigInt64(at, true)));
    case "FP32":
      // By its bits: a NaN has many, and all are kept.
      return new Float32Array(Uint32Array.from(read((at) => view.getUint32(at, true))).buffer);
    case "FP64":
      return new Float64Array(
        BigUint64Array.from(read((at) => view.getBigUint64(at, true))).buffer,
      );
  }
}

const bitsOf = (data: TensorData): Uint8Array | Uint8Array[] =>
  Array.isArray(data)
    ? data.map((element) => element.slice())
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const joined = (parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

const bytesOf = (random: Random, length: number) =>
  Uint8Array.from({ length }, () => random.integer(0, 255));

function rawOf(random: Random, datatype: Datatype, length: number): Uint8Array {
  if (datatype === "BOOL") return Uint8Array.from({ length }, () => random.integer(0, 1));
  if (datatype !== "BYTES") return bytesOf(random, length * (WIDTHS[datatype] ?? 1));
  return joined(Array.from({ length }, () => {
    const content = bytesOf(random, random.integer(0, 9));
    return joined([Uint8Array.of(content.length, 0, 0, 0), content]);
  }));
}

const LIES = [
  "none",
  "none",
  "none",
  "size",
  "kind",
  "bytes",
  "short",
  "long",
  "early",
  "late",
] as const;

function spoil(random: Random, given: Given): void {
  const raw = given.raw!;
  const kind = random.integer(0, 2);
  if (kind === 0) given.raw = raw.slice(0, random.integer(0, raw.length));
  else if (kind === 1) given.raw = joined([raw, bytesOf(random, random.integer(1, 9))]);
  else if (raw.length > 0) raw[random.integer(0, raw.length - 1)] = random.integer(0, 255);
  given.size = given.raw!.length;
}

/** Two inputs or one, each as bytes or as JSON. */
function givenOf(random: Random): Given[] {
  return ["x", "y", "z"].slice(0, random.integer(1, 3)).map((name) => {
    const datatype = random.pick(DATATYPES);
    const shape = Array.from({ length: random.integer(0, 3) }, () => random.integer(0, 4));
    if (datatype === "UINT8" && random.chance(0.4)) return { name, datatype, shape };
    const raw = rawOf(random, datatype, product(shape));
    return { name, datatype, shape, raw, size: raw.length };
  });
}

const inputOf = ({ name, datatype, shape, raw, size }: Given) => ({
  name,
  shape,
  datatype,
  ...(raw ? { parameters: { binary_data_size: size } } : { data: Array(product(shape)).fill(7) }),
});

function read(
  given: Given[],
  { body, json_bytes, chunk }: { body: Uint8Array; json_bytes: number; chunk: () => number },
) {
  const takes: ModelInputs = { model: "m", inputs: given, wrongShape: () => null };
  const reader = new InferBodyReader(takes, json_bytes);
  // As workerd does: the chunks lie in one buffer, one after the other.
  const buffer = new Uint8Array(body.length);
  for (let at = 0; at < body.length;) {
    const size = Math.min(chunk(), body.length - at);
    buffer.set(body.subarray(at, at + size));
    reader.write(buffer.subarray(0, size));
    at += size;
  }
  return reader.end().tensors;
}

Deno.test("A body with tensors as bytes is read as a plain reading reads it, or refused", () => {
  let [taken, refused] = [0, 0];
  for (let seed = 0; seed < 8_000; seed++) {
    const random = seeded(seed);
    const given = givenOf(random);
    const binary = given.filter(({ raw }) => raw);
    const lie = random.pick(LIES);
    const liar = binary.length > 0 ? random.pick(binary) : null;
    if (lie === "bytes" && liar) spoil(random, liar);
    if (lie === "size" && liar) liar.size = random.integer(-3, 40);
    if (lie === "kind" && liar) {
      liar.size = random.pick(["8", null, true, 2.5, -1, 1e300, {}, [8], 2 ** 53, NaN]);
    }
    const json = utf8.encode(JSON.stringify({ id: "é", inputs: given.map(inputOf) }));
    let body = joined([json, ...binary.map(({ raw }) => raw!)]);
    let json_bytes = json.length;
    if (lie === "short") body = body.slice(0, random.integer(0, body.length - 1));
    if (lie === "long") body = joined([body, bytesOf(random, random.integer(1, 20))]);
    if (lie === "early") json_bytes -= random.integer(1, json.length);
    if (lie === "late") json_bytes += random.integer(1, 1_000);

    const isRight = ["none", "bytes", "size", "kind"].includes(lie) &&
      binary.every((one) => one.size === one.raw!.length && naiveData(one) !== null);
    const max = random.pick([1, 3, 17, 1e6]);
    const ask = () => read(given, { body, json_bytes, chunk: () => random.integer(1, max) });
    const shown = `seed ${seed}, ${lie}: ${JSON.stringify(given.map(inputOf))}`;
    if (!isRight) {
      refused++;
      assert.throws(
        ask,
        (error) => error instanceof InvalidBody || error instanceof SyntaxError,
        shown,
      );
      continue;
    }
    taken++;
    const tensors = ask();
    for (const one of given) {
      const { data } = tensors.get(one.name)!;
      const right = one.raw ? naiveData(one) : new Uint8Array(product(one.shape)).fill(7);
      assert.deepEqual(bitsOf(data), bitsOf(right!), shown);
      assert.equal(data.constructor, right!.constructor, shown);
    }
  }
  assert.ok(taken > 2_500 && refused > 4_000, `${taken} taken, ${refused} refused`);
});

Deno.test("What is wrong with bytes is said as a sentence", () => {
  const pair: Given = { name: "x", datatype: "FP32", shape: [2], raw: new Uint8Array(8), size: 8 };
  const texts: Given = { name: "y", datatype: "BYTES", shape: [2] };
  const ask = (given: Given[], { more = 0, json = 0, without = 0, fields = {} } = {}) => {
    const inputs = given.map((one) => ({ ...inputOf(one), ...fields }));
    const text = utf8.encode(JSON.stringify({ inputs }));
    const body = joined([text, ...given.map(({ raw }) => raw!), new Uint8Array(more)]);
    const whole = body.slice(0, body.length - without);
    const chunk = () => 7;
    return () => read(given, { body: whole, json_bytes: text.length + json, chunk });
  };
  const refusals: [() => unknown, RegExp][] = [
    [
      ask([{ ...pair, size: 12 }]),
      /^Input "x" has shape \[2\] of FP32, so 8 bytes, but its binary_data_size is 12$/,
    ],
    [ask([{ ...pair, size: -8 }]), /so 8 bytes, but its binary_data_size is -8$/],
    [ask([{ ...pair, size: "8" }]), /so 8 bytes, but its binary_data_size is "8"$/],
    [
      ask([pair], { more: 1 }),
      /^The body has more bytes behind its JSON than the 8 of binary_data_size$/,
    ],
    [
      ask([pair], { without: 3 }),
      /^The body ends after 5 of the 8 bytes behind its JSON: input "x" lacks 3$/,
    ],
    [ask([pair], { without: 9 }), /^The body ends after \d+ of the \d+ bytes that its JSON/],
    [ask([pair], { json: 1_000 }), /ends after|Unexpected/],
    [ask([pair], { fields: { data: [1, 2] } }), /^Input "x" has both data and binary_data_size$/],
    [
      ask([{ ...pair, datatype: "BOOL", raw: Uint8Array.of(1, 2), size: 2 }]),
      /^Input "x": element 1 must be 0 or 1$/,
    ],
    [
      ask([{ ...texts, raw: Uint8Array.of(1, 0, 0, 0, 65, 9, 0, 0, 0, 65), size: 10 }]),
      /^Input "y": element 1 says that it has 9 bytes, but 1 are left$/,
    ],
    [ask([{ ...texts, raw: new Uint8Array(12), size: 12 }]), /^Input "y" holds more than the 2/],
    [
      ask([{ ...texts, raw: Uint8Array.of(4, 0, 0, 0, 1, 2, 3, 4), size: 8 }]),
      /^Input "y" holds 1 elements, but its shape has 2$/,
    ],
    [
      ask([{ ...texts, raw: new Uint8Array(10), size: 10 }]),
      /^Input "y" holds more than the 2 elements|^Input "y" ends within the length of element 2$/,
    ],
    [ask([{ ...texts, raw: new Uint8Array(7), size: 7 }]), /\[2\] of BYTES, so 8 to \d+ bytes/],
  ];
  for (const [run, says] of refusals) assert.throws(run, { message: says });

  const headless = new InferBodyReader({ model: "m", inputs: [pair], wrongShape: () => null });
  assert.throws(() => headless.write(utf8.encode(JSON.stringify({ inputs: [inputOf(pair)] }))), {
    message:
      'Input "x" has binary_data_size, but there is no header Inference-Header-Content-Length',
  });
});

Deno.test("An input that the schema refuses has its say, whatever follows the JSON", () => {
  const json = utf8.encode(
    '{"inputs":[{"name":5,"shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}',
  );
  const reader = new InferBodyReader(
    { model: "m", inputs: [], wrongShape: () => null },
    json.length,
  );
  reader.write(json);
  reader.write(new Uint8Array(1_000));
  const { fields, tensors } = reader.end();
  assert.equal(tensors.size, 0);
  assert.deepEqual(fields, {
    inputs: [
      {
        name: 5,
        shape: [2],
        datatype: "FP32",
        parameters: { binary_data_size: 8 },
        data: [],
      },
    ],
  });
});

Deno.test("Memory for bytes follows what has come, not what a size promises", () => {
  const promised = 2 ** 25;
  const given: Given = { name: "x", datatype: "UINT8", shape: [promised] };
  const json = utf8.encode(JSON.stringify({
    inputs: [inputOf({ ...given, raw: new Uint8Array(0), size: promised })],
  }));
  const before = Deno.memoryUsage().external;
  const readers = Array.from({ length: 100 }, () => {
    const takes: ModelInputs = { model: "m", inputs: [given], wrongShape: () => null };
    const reader = new InferBodyReader(takes, json.length);
    reader.write(json);
    reader.write(new Uint8Array(1_000));
    return reader;
  });
  const taken = Deno.memoryUsage().external - before;
  assert.ok(taken < 2 ** 24, `${taken} bytes for ${readers.length} promises`);
});
