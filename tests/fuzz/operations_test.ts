import assert from "node:assert/strict";
import { countOperations } from "../../models/operations/count-operations.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { type Random, seeded } from "../support/random.ts";
import { leastMs, msOf } from "../support/least.ts";
import { patience } from "../support/within.ts";
import { RULE } from "../../models/operations/rule.ts";
import { Float, floats, int64s, list, node, onnxFile } from "../unit/models/onnx-file.ts";

const MUTATIONS = 6_000;

// A thousand times what a sound file of this size takes: what this catches does not end at all.
const MS_MAX = 2_000;

const random = seeded(1);
const chain = onnxFile({
  inputs: { x: ["N", 4, "H", "W"] },
  constants: {
    w: floats([4, 2, 3, 3], random),
    axes: list(0),
    end: list(2),
    open: list(-1),
    zero: int64s([], [0]),
    one: list(1),
    four: int64s([], [4]),
    three: int64s([], [3]),
  },
  nodes: [
    node("Conv", "x w", "c", { group: 2, pads: [1, 1, 1, 1], auto_pad: "NOTSET" }),
    node("MaxPool", "c", "p", { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    node("Shape", "p", "s"),
    node("Slice", "s axes end axes one", "front"),
    node("Concat", "front open", "shape", { axis: 0 }),
    node("Reshape", "p shape", "flat"),
    node("ConstantOfShape", "front", "ones"),
    node("Tile", "front end", "twice"),
    node("Split", "flat", "a b", { axis: -1, num_outputs: 2 }),
    node("Transpose", "a", "t", { perm: [0, 2, 1] }),
    node("MatMul", "t b", "m"),
    node("ReduceMean", "m open", "r", { keepdims: 1 }),
    node("TopK", "m end", "top i", { axis: 1 }),
    node("Softmax", "m", "soft"),
    node("Constant", "", "k", { value_ints: [1, 2, 3] }),
    node("Range", "zero four three", "range"),
  ],
  outputs: ["r", "top", "soft", "ones", "twice"],
});

const FILES: [Uint8Array, Record<string, number[]>][] = [
  [chain, { x: [2, 4, 8, 8] }],
  [await read("telemetry-anomaly"), { windows: [5, 33] }],
  [await read("drive-rss"), { state: [9, 6] }],
  [await read("scene-indices"), { reflectance: [1, 6, 7, 11] }],
];

function read(name: string): Promise<Uint8Array> {
  return Deno.readFile(new URL(`../../models/onnx/${name}.onnx`, import.meta.url));
}

/** What breaks files: bits, lost and doubled pieces, numbers that never end or are far too large. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(0, bytes.length - 1);
  const until = Math.min(bytes.length, at + random.integer(1, 40));
  const [before, piece, after] = [bytes.slice(0, at), bytes.slice(at, until), bytes.slice(until)];
  const joined = (...pieces: Uint8Array[]) => Uint8Array.from(pieces.flatMap((one) => [...one]));
  const wild = [
    Array(9).fill(0xff).concat(0x01),
    Array(12).fill(0x80),
    [0xff, 0xff, 0xff, 0xff, 0x07],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
    [0],
  ];
  // Most often, as most other damage is found before any operator is looked at.
  if (random.chance(0.6)) return bytes.with(at, bytes[at] ^ (1 << random.integer(0, 7)));
  switch (random.integer(1, 5)) {
    case 1:
      return bytes.with(at, random.integer(0, 255));
    case 2:
      return before;
    case 3:
      return joined(before, after);
    case 4:
      return joined(before, piece, piece, after);
    default:
      return joined(before, Uint8Array.from(random.pick(wild)), bytes.slice(at + 1));
  }
}

Deno.test("countOperations() counts the files that are about to be mutated", () => {
  for (const [file, shapes] of FILES) assert(countOperations(file)(shapes).operations > 0);
});

Deno.test(`countOperations() counts or refuses each of ${MUTATIONS} mutated files, in time`, async () => {
  let [counted, refused] = [0, 0];
  for (let seed = 1; seed <= MUTATIONS; seed++) {
    const random = seeded(seed);
    const [file, shapes] = random.pick(FILES);
    let bytes = file;
    for (let i = random.pick([1, 1, 3]); i > 0 && bytes.length > 0; i--) {
      bytes = mutate(bytes, random);
    }
    let isCounted = false;
    const count = () => {
      try {
        const { operations } = countOperations(bytes)(shapes);
        assert(Number.isSafeInteger(operations) && operations >= 0, `seed ${seed}: ${operations}`);
        isCounted = true;
      } catch (error) {
        if (!(error instanceof ModelError)) throw new Error(`seed ${seed}`, { cause: error });
        assert(error.message.length < 410, `seed ${seed}: ${error.message}`);
      }
    };
    const took = await leastMs(MS_MAX, () => msOf(count));
    if (isCounted) counted++;
    else refused++;
    assert(took < MS_MAX || took < MS_MAX * patience(), `seed ${seed} took ${took} ms`);
  }
  assert(counted > MUTATIONS / 20 && refused > MUTATIONS / 20, `${counted}, ${refused}`);
});

Deno.test("countOperations() counts or refuses sound files with wild numbers, in time", async () => {
  const sizes = [0, 1, 3, 255, 256, 257, 2 ** 31, 2 ** 40, -1, -(2 ** 31), 2 ** 62];
  const types = [
    "Reshape",
    "Expand",
    "Tile",
    "Slice",
    "ConstantOfShape",
    "Range",
    "Unsqueeze",
    "Pad",
    "Split",
  ];
  let counted = 0;
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = seeded(seed);
    const some = () =>
      list(...Array.from({ length: random.integer(0, 4) }, () => random.pick(sizes)));
    const file = onnxFile({
      inputs: { x: Array.from({ length: random.integer(0, 3) }, () => random.integer(0, 3)) },
      constants: { a: some(), b: some(), c: some() },
      nodes: [
        node("Add", "a b", "sum"),
        node("Concat", "a c", "joined", { axis: 0 }),
        node(random.pick(types), random.pick(["x a", "a", "x a b", "a b c", "joined a"]), "y"),
        node("ConstantOfShape", "joined", "z"),
        node("Mul", "z y", "end"),
      ].slice(random.integer(0, 2)),
      outputs: [],
    });
    let isCounted = false;
    const count = () => {
      try {
        countOperations(file)({});
        isCounted = true;
      } catch (error) {
        if (!(error instanceof ModelError)) throw new Error(`seed ${seed}`, { cause: error });
      }
    };
    const took = await leastMs(MS_MAX, () => msOf(count));
    if (isCounted) counted++;
    assert(took < MS_MAX || took < MS_MAX * patience(), `seed ${seed} took ${took} ms`);
  }
  assert(counted > 20, `only ${counted} were counted`);
});

Deno.test("countOperations() counts or refuses any operator on any inputs, with any attributes", () => {
  const types = Object.keys(RULE);
  const counted = new Set<string>();
  for (let seed = 1; seed <= 10_000; seed++) {
    const random = seeded(seed);
    const numbers = (most: number) =>
      Array.from({ length: random.integer(0, most) }, () => random.integer(-1, 4));
    const [type, more] = [random.pick(types), random.pick(types)];
    const dims = Array.from({ length: random.integer(0, 4) }, () => random.integer(1, 4));
    const value = () =>
      random.pick([
        random.integer(-2, 4),
        numbers(5),
        new Float(random.next()),
        "nearest",
        list(2),
      ]);
    const attributes = Object.fromEntries(
      ATTRIBUTES.filter(() => random.chance(0.25)).map((name) => [name, value()]),
    );
    const inputs = Array.from(
      { length: random.integer(0, 4) },
      () => random.pick(["x", "x", "x", "a", "b", "n", "_"]),
    );
    const file = onnxFile({
      opset: random.pick([7, 10, 12, 13, 18, 21]),
      inputs: { x: dims },
      constants: { a: list(...numbers(4)), b: floats(dims, random), n: int64s([], [1]) },
      nodes: [
        node(type, inputs.join(" "), random.pick(["y", "y", "y z"]), attributes),
        node(more, random.pick(["y", "x y", "y a"]), "w", attributes),
      ].slice(0, random.integer(1, 2)),
      outputs: ["y"],
    });
    try {
      countOperations(file)({});
      counted.add(type);
    } catch (error) {
      if (!(error instanceof ModelError)) {
        throw new Error(`seed ${seed}: ${type}`, { cause: error });
      }
    }
  }
  // The others need several inputs that fit each other, which chance does not find.
  assert(counted.size > 100, `only ${counted.size} of ${types.length} were ever counted`);
});

const ATTRIBUTES = [
  ...["allowzero", "alpha", "approximate", "auto_pad", "axes", "axis", "batch_dims", "beta"],
  ...["blocksize", "ceil_mode", "dilations", "ends", "fmod", "group", "k", "keepdims"],
  ...["kernel_shape", "mode", "num_groups", "num_outputs", "output_padding", "output_shape"],
  ...["pads", "perm", "size", "split", "start", "starts", "strides", "to", "transA", "value"],
];

Deno.test("countOperations() takes a file of fifty thousand nodes, and one node of as many inputs", () => {
  const many = 50_000;
  const deep = onnxFile({
    inputs: { x: [2] },
    nodes: Array.from(
      { length: many },
      (_, i) => node("Neg", i === 0 ? "x" : `n${i - 1}`, `n${i}`),
    ),
    outputs: [`n${many - 1}`],
  });
  assert.equal(countOperations(deep)({}).operations, 2 * many);
  const wide = onnxFile({
    inputs: { x: [2] },
    constants: { a: list(1) },
    nodes: [
      node("Max", "x ".repeat(many), "y"),
      node("Concat", "a ".repeat(many), "z", { axis: 0 }),
      node("Sum", "a ".repeat(many), "s"),
    ],
    outputs: ["z"],
  });
  const { operations, outputs } = countOperations(wide)({});
  assert.deepEqual([operations, outputs], [3 * (many - 1), { z: [many] }]);
});
