import assert from "node:assert/strict";
import {
  type Datatype,
  DATATYPES,
  type Tensor,
  type TensorData,
} from "../../../contract/tensor.ts";
import {
  decodeTensor,
  encodeTensor,
  parseTensorJson,
  stringifyTensorJson,
} from "../../../contract/tensor-json.ts";
import { type Random, seeded } from "../../support/random.ts";

type Element = number | bigint;
type Numbers = Exclude<TensorData, Uint8Array[]>;

interface Kind {
  make: (elements: Element[]) => Numbers;
  /** Values at the limits of the datatype, then any value of it. */
  limits: Element[];
  any: (random: Random) => Element;
  /** What it must refuse, whatever else a caller may mean by it. */
  outside: unknown[];
}

const NOT_NUMBERS = ["1", "NaN", "", null, {}, undefined];

function integers(
  Type: { from(elements: Iterable<number>): Numbers },
  min: number,
  max: number,
): Kind {
  return {
    make: (elements) => Type.from(elements.map(Number)),
    limits: [min, max, 0],
    any: (random) => random.integer(min, max),
    outside: [min - 1, max + 1, 0.5, NaN, Infinity, 2 ** 53, 10n ** 30n, true, ...NOT_NUMBERS],
  };
}

function bigs(
  Type: { from(elements: Iterable<bigint>): Numbers },
  min: bigint,
  max: bigint,
): Kind {
  return {
    make: (elements) => Type.from(elements.map(BigInt)),
    limits: [min, max, 0n, 2n ** 53n + 1n, 9_007_199_254_740_993n],
    any: (random) => min + BigInt(Math.floor(random.next() * 2 ** 53)) * (max - min) / 2n ** 53n,
    outside: [min - 1n, max + 1n, 0.5, 2 ** 53, NaN, true, ...NOT_NUMBERS],
  };
}

const FLOATS = [0, 1, -1.5, 0.1, 1e-30];

const KINDS: Partial<Record<Datatype, Kind>> = {
  BOOL: {
    make: (elements) => Uint8Array.from(elements.map(Number)),
    limits: [0, 1],
    any: (random) => random.integer(0, 1),
    outside: [2, -1, 0.5, NaN, "true", 1n, ...NOT_NUMBERS],
  },
  UINT8: integers(Uint8Array, 0, 255),
  UINT16: integers(Uint16Array, 0, 65_535),
  UINT32: integers(Uint32Array, 0, 4_294_967_295),
  UINT64: bigs(BigUint64Array, 0n, 18_446_744_073_709_551_615n),
  INT8: integers(Int8Array, -128, 127),
  INT16: integers(Int16Array, -32_768, 32_767),
  INT32: integers(Int32Array, -2_147_483_648, 2_147_483_647),
  INT64: bigs(BigInt64Array, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n),
  FP32: {
    make: (elements) => Float32Array.from(elements.map(Number)),
    limits: [...FLOATS, 3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45],
    any: (random) => Math.fround(random.between(-1e6, 1e6)),
    outside: [1e39, -1e39, NaN, Infinity, true, 10n ** 40n, ...NOT_NUMBERS],
  },
  FP64: {
    make: (elements) => Float64Array.from(elements.map(Number)),
    limits: [...FLOATS, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE],
    any: (random) => random.between(-1e12, 1e12),
    outside: [NaN, Infinity, true, 10n ** 400n, ...NOT_NUMBERS],
  },
};

function nest(flat: unknown[], shape: number[]): unknown[] {
  if (shape.length <= 1) return flat;
  const [rows, ...rest] = shape;
  const size = rest.reduce((product, length) => product * length, 1);
  return Array.from(
    { length: rows },
    (_, row) => nest(flat.slice(row * size, (row + 1) * size), rest),
  );
}

const tensor = (change: object) => ({
  name: "x",
  datatype: "FP32" as Datatype,
  shape: [2],
  data: [1, 2] as unknown[],
  ...change,
});

for (const [name, kind] of Object.entries(KINDS)) {
  const datatype = name as Datatype;

  Deno.test(`${datatype}: every tensor comes back from JSON as it was, flat or nested`, () => {
    const random = seeded(datatype.length + datatype.charCodeAt(0));
    for (let round = 0; round < 60; round++) {
      const shape = Array.from({ length: random.integer(0, 4) }, () => random.integer(1, 4));
      const length = shape.reduce((product, size) => product * size, 1);
      const elements = Array.from(
        { length },
        () => random.chance(0.3) ? random.pick(kind.limits) : kind.any(random),
      );
      const sent: Tensor = { name: "x", datatype, shape, data: kind.make(elements) };
      const flat = encodeTensor(sent);
      for (const data of [flat.data, nest(flat.data, shape)]) {
        const text = stringifyTensorJson({ ...flat, data });
        const back = decodeTensor(parseTensorJson(text) as typeof flat);
        assert.deepEqual(back, sent, `round ${round}: ${text}`);
      }
    }
  });

  Deno.test(`${datatype}: an element that it cannot hold is refused by its place and what it must be`, () => {
    const [fits] = kind.limits;
    for (const wrong of kind.outside) {
      const refused = decodeTensor(tensor({ datatype, shape: [3], data: [fits, fits, wrong] }));
      assert.equal(typeof refused, "string", `${datatype} took ${String(wrong)}`);
      assert.match(refused as string, /^Input "x": element 2 must be \S/);
    }
  });
}

Deno.test("BYTES and FP16 are refused in JSON, by name", () => {
  const left = DATATYPES.filter((datatype) => !KINDS[datatype]);
  assert.deepEqual(left, ["FP16", "BYTES"]);
  for (const datatype of left) {
    assert.equal(
      decodeTensor(tensor({ datatype })),
      `Input "x": ${datatype} cannot be sent as JSON`,
    );
  }
});

Deno.test("BOOL takes true, false, 1 and 0, and gives true and false", () => {
  const read = decodeTensor(tensor({ datatype: "BOOL", shape: [4], data: [true, false, 1, 0] }));
  assert.ok(typeof read === "object");
  assert.deepEqual(encodeTensor(read).data, [true, false, true, false]);
});

Deno.test("Integers of 64 bits keep every digit, in and out", () => {
  const digits = ["9007199254740993", "9223372036854775807", "-9223372036854775808", "7"];
  const text = `{"name":"x","datatype":"INT64","shape":[4],"data":[${digits}]}`;
  const read = decodeTensor(parseTensorJson(text) as ReturnType<typeof tensor>);
  assert.ok(typeof read === "object");
  assert.deepEqual(read.data, BigInt64Array.from(digits.map(BigInt)));
  assert.match(stringifyTensorJson(encodeTensor(read)), new RegExp(`\\[${digits}\\]`));
});

Deno.test("A 64-bit integer whose digits were lost on the way is refused, not rounded", () => {
  // The datatype in escapes: the body is read without an eye on digits.
  const text = String
    .raw`{"name":"x","datatype":"\u0049NT64","shape":[1],"data":[9007199254740993]}`;
  const read = decodeTensor(parseTensorJson(text) as ReturnType<typeof tensor>);
  assert.match(String(read), /element 0 must be an integer/);
});

Deno.test("Beside a 64-bit tensor, a float written as a long integer is still that float", () => {
  const text = '{"datatype":"INT64","float":[123456789012345678901234567890]}';
  const { float } = parseTensorJson(text) as { float: unknown[] };
  for (const datatype of ["FP32", "FP64"] as const) {
    const read = decodeTensor(tensor({ datatype, shape: [1], data: float }));
    assert.ok(typeof read === "object");
    assert.equal(
      Number((read.data as Float64Array)[0]),
      datatype === "FP32" ? Math.fround(1.2345678901234568e29) : 1.2345678901234568e29,
    );
  }
});

Deno.test("No text of a caller's is taken for a number on the way out", () => {
  for (const id of ["\u00005", "\\u00005", "5", '"5"', "\u0000-1\u0000"]) {
    assert.deepEqual(JSON.parse(stringifyTensorJson({ id, n: 5n })), { id, n: 5 });
  }
});

Deno.test("What JSON cannot hold goes out as null, and the rest stays as it is", () => {
  const data = Float32Array.from([1, NaN, Infinity, -Infinity, 0.5]);
  const text = stringifyTensorJson(encodeTensor({ name: "x", datatype: "FP32", shape: [5], data }));
  assert.deepEqual(JSON.parse(text).data, [1, null, null, null, 0.5]);
});

Deno.test("A shape and data that do not agree are refused with both sizes", () => {
  const refusals: [object, RegExp][] = [
    [{ shape: [3] }, /^Input "x" has shape \[3\], so 3 elements, but data holds 2$/],
    [{ shape: [] }, /so 1 elements, but data holds 2/],
    [{ shape: [0] }, /so 0 elements, but data holds 2/],
    [{ data: [] }, /data holds 0/],
    [{ shape: [1, 2], data: [[1], [2]] }, /nested in another way than shape \[1,2\]/],
    [{ shape: [2, 2], data: [[1, 2], 3, 4] }, /nested in another way/],
    [{ shape: [2, 2], data: [[1, 2, 3], [4]] }, /nested in another way/],
    [{ data: [[1, 2]] }, /nested in another way/],
    [{ shape: [], data: [[1]] }, /nested in another way/],
  ];
  for (const [change, says] of refusals) assert.match(String(decodeTensor(tensor(change))), says);
  assert.ok(typeof decodeTensor(tensor({ shape: [], data: [1] })) === "object");
});

Deno.test("A shape that promises more than there is takes no memory", () => {
  // Of this isolate: the tests of other files run in the same process meanwhile.
  const taken = () => {
    const { heapTotal, external } = Deno.memoryUsage();
    return heapTotal + external;
  };
  const before = taken();
  for (let round = 0; round < 100; round++) {
    assert.match(String(decodeTensor(tensor({ shape: [2 ** 31, 2 ** 31] }))), /data holds 2/);
  }
  assert.ok(taken() - before < 100e6);
});

Deno.test("Nesting of any depth is refused, never a fault", () => {
  for (const depth of [2, 100, 10_000, 1_000_000]) {
    const text = "[".repeat(depth) + "]".repeat(depth);
    const data = parseTensorJson(text) as unknown[];
    assert.match(String(decodeTensor(tensor({ data }))), /nested in another way|data holds/);
    const wide = parseTensorJson(`[1,${text}]`) as unknown[];
    assert.match(String(decodeTensor(tensor({ shape: [1, 2], data: wide }))), /nested|data holds/);
    const exact = `{"datatype":"INT64","data":${text}}`;
    if (depth < 1_000_000) continue;
    assert.throws(() => parseTensorJson(exact), SyntaxError);
  }
});

Deno.test("Text that is not JSON is a SyntaxError, with 64-bit tensors or without", () => {
  for (const text of ["", "{", "NaN", "[1,]", '{"datatype":"INT64","data":[01]}']) {
    assert.throws(() => parseTensorJson(text), SyntaxError);
  }
});
