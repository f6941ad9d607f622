import assert from "node:assert/strict";
import { countOperations } from "../../../models/operations/count-operations.ts";
import { ModelError } from "../../../models/operations/model-error.ts";
import { product } from "../../../models/operations/operation-count.ts";
import { type Random, seeded } from "../../support/random.ts";
import {
  Float,
  float32s,
  floats,
  int64s,
  list,
  node,
  onnxFile,
  type TestGraph,
  type TestNode,
} from "./onnx-file.ts";
import { runOnce } from "./session.ts";

type Shapes = Record<string, number[]>;
type Case = TestGraph & { shapes: Shapes };

/** What ONNX Runtime gives, or null where it refuses. */
async function runtimeShapes(file: Uint8Array, shapes: Shapes): Promise<Shapes | null> {
  const random = seeded(1);
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      const data = new Float32Array(product(dims)).map(() => random.between(-1, 1));
      return [name, { data, dims }];
    }),
  );
  try {
    const outputs = await runOnce(file, feeds);
    return Object.fromEntries(Object.entries(outputs).map(([name, { dims }]) => [name, [...dims]]));
  } catch {
    return null;
  }
}

function ourShapes(file: Uint8Array, shapes: Shapes): Shapes | null {
  try {
    return countOperations(file)(shapes).outputs;
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** Seeded cases of one kind; so many of them at least must be such that a model runs. */
function holds(what: string, cases: number, make: (random: Random) => Case): void {
  Deno.test(`countOperations() gives the shapes of ONNX Runtime: ${what}`, async () => {
    let ran = 0;
    for (let seed = 1; seed <= cases; seed++) {
      const made = make(seeded(seed));
      const file = onnxFile(made);
      const want = await runtimeShapes(file, made.shapes);
      const got = ourShapes(file, made.shapes);
      const where = `seed ${seed}: ${JSON.stringify([made.shapes, made.nodes])}`;
      assert.deepEqual(got, want, where);
      ran += Number(want !== null);
    }
    assert(ran >= 0.5 * cases, `only ${ran} of ${cases} cases can run`);
  });
}

const ints = (random: Random, length: number, from: number, to: number) =>
  Array.from({ length }, () => random.integer(from, to));

function windowAttributes(random: Random, axes: number, strideMax = 3): TestNode["attributes"] {
  const autoPad = random.pick(["NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
  const isPadded = autoPad === "NOTSET" && random.chance(0.5);
  return {
    auto_pad: autoPad,
    ...(random.chance(0.7) && { strides: ints(random, axes, 1, strideMax) }),
    ...(isPadded && { pads: ints(random, 2 * axes, 0, 1) }),
  };
}

/** One node over one input, every dimension of it free. */
const graphOf = (
  one: TestNode,
  x: number[],
  constants: TestGraph["constants"],
): Case => ({
  opset: 18,
  inputs: { x: x.map((_, i) => `d${i}`) },
  constants,
  nodes: [one],
  outputs: one.outputs,
  shapes: { x },
});

holds("convolutions of one to three dimensions", 150, (random) => {
  const axes = random.integer(1, 3);
  const group = random.integer(1, 3);
  const channels = group * random.integer(1, 3);
  const kernel = ints(random, axes, 1, 3);
  const weights = [group * random.integer(1, 3), channels / group, ...kernel];
  const attributes = windowAttributes(random, axes);
  return {
    inputs: { x: [1, channels, ..."HWD".slice(0, axes)] },
    constants: { w: floats(weights, random), b: floats([weights[0]], random) },
    nodes: [node("Conv", random.chance(0.5) ? "x w b" : "x w", "y", {
      ...attributes,
      group,
      ...(random.chance(0.4) && { dilations: ints(random, axes, 1, 2) }),
      ...(random.chance(0.5) && { kernel_shape: kernel }),
    })],
    outputs: ["y"],
    shapes: { x: [1, channels, ...ints(random, axes, 3, 9)] },
  };
});

holds("transposed convolutions", 100, (random) => {
  const axes = random.integer(1, 2);
  const group = random.integer(1, 2);
  const channels = group * random.integer(1, 3);
  const kernel = ints(random, axes, 2, 4);
  const strides = ints(random, axes, 1, 3);
  const same = random.chance(0.2);
  return {
    inputs: { x: ["N", channels, ..."HW".slice(0, axes)] },
    constants: { w: floats([channels, random.integer(1, 3), ...kernel], random) },
    nodes: [node("ConvTranspose", "x w", "y", {
      group,
      strides,
      ...(same ? { auto_pad: "SAME_UPPER" } : {
        pads: ints(random, 2 * axes, 0, 1),
        output_padding: strides.map((stride) => random.integer(0, stride - 1)),
      }),
    })],
    outputs: ["y"],
    shapes: { x: [random.integer(1, 2), channels, ...ints(random, axes, 2, 7)] },
  };
});

holds("pools, with ceil_mode", 150, (random) => {
  const axes = random.integer(1, 3);
  const isMax = random.chance(0.5);
  const channels = random.integer(1, 3);
  // A stride no wider than the window, which ONNX Runtime's AveragePool refuses under SAME_LOWER.
  const attributes = windowAttributes(random, axes, 2);
  return {
    opset: 12,
    inputs: { x: [1, channels, ..."HWD".slice(0, axes)] },
    nodes: [node(isMax ? "MaxPool" : "AveragePool", "x", isMax ? "y i" : "y", {
      ...attributes,
      kernel_shape: ints(random, axes, 2, 3),
      ceil_mode: attributes.auto_pad === "NOTSET" ? random.integer(0, 1) : 0,
    })],
    outputs: isMax ? ["y", "i"] : ["y"],
    // No window wider than the image: ONNX Runtime rounds its size up to 1, which we refuse.
    shapes: { x: [1, channels, ...ints(random, axes, 3, 9)] },
  };
});

holds("products of matrices", 150, (random) => {
  const [rows, inner, columns] = ints(random, 3, 1, 5);
  const batch = ints(random, random.integer(0, 2), 1, 3);
  const side = (dims: number[]) => dims.map((size) => random.chance(0.3) ? 1 : size);
  const a = random.chance(0.15) ? [inner] : [...side(batch), rows, inner];
  const other = random.chance(0.1) ? inner + 1 : inner;
  const b = random.chance(0.15) ? [other] : [...side(batch), other, columns];
  return {
    inputs: { a: a.map((_, i) => `a${i}`), b: b.map((_, i) => `b${i}`) },
    nodes: [node("MatMul", "a b", "y")],
    outputs: ["y"],
    shapes: { a, b },
  };
});

holds("Gemm", 80, (random) => {
  const [rows, inner, columns] = ints(random, 3, 1, 6);
  const [transA, transB] = ints(random, 2, 0, 1);
  const c = random.pick([[columns], [rows, columns], [1, columns], [rows, 1], [], [columns + 1]]);
  return {
    inputs: { a: ["M", "K"] },
    constants: {
      b: floats(transB ? [columns, inner] : [inner, columns], random),
      c: floats(c, random),
    },
    nodes: [node("Gemm", "a b c", "y", { transA, transB, alpha: new Float(0.5) })],
    outputs: ["y"],
    shapes: { a: transA ? [inner, rows] : [rows, inner] },
  };
});

holds("broadcasting, up to shapes that do not fit", 150, (random) => {
  const dims = ints(random, random.integer(0, 4), 1, 4);
  const side = () => {
    const own = dims.map((size) => random.chance(0.3) ? 1 : size);
    if (random.chance(0.1)) own.push(7);
    return own.slice(random.integer(0, own.length));
  };
  const shapes = { a: side(), b: side(), c: side() };
  const named = (dims: number[], name: string) => dims.map((_, i) => `${name}${i}`);
  return {
    inputs: { a: named(shapes.a, "a"), b: named(shapes.b, "b"), c: named(shapes.c, "c") },
    nodes: [
      node(random.pick(["Add", "Mul", "Div", "Pow", "PRelu", "Max"]), "a b", "ab"),
      node("Less", "ab c", "less"),
      node("Where", "less a c", "y"),
      node(random.pick(["Sum", "Mean", "Min"]), "a b c", "z"),
    ],
    outputs: ["less", "y", "z"],
    shapes,
  };
});

holds("reductions and what looks along an axis", 200, (random) => {
  const x = ints(random, random.integer(2, 4), 1, 5);
  const type = random.pick([
    "ReduceSum",
    "ReduceMean",
    "ReduceL2",
    "ReduceMax",
    "ArgMax",
    "Softmax",
    "LogSoftmax",
    "LayerNormalization",
    "TopK",
    "CumSum",
  ]);
  const axis = random.integer(-x.length - Number(random.chance(0.1)), x.length - 1);
  const keepdims = random.integer(0, 1);
  const last = x.slice(axis);
  const [one, constants]: [TestNode, TestGraph["constants"]] = type.startsWith("Reduce")
    ? [node(type, "x axes", "y", { keepdims }), { axes: list(axis) }]
    : type === "ArgMax"
    ? [node(type, "x", "y", { axis, keepdims }), {}]
    : type === "TopK"
    ? [node(type, "x k", "y i", { axis }), { k: list(random.integer(1, x.at(axis) ?? 1)) }]
    : type === "CumSum"
    ? [node(type, "x axis", "y"), { axis: int64s([], [Math.max(axis, -x.length)]) }]
    : type === "LayerNormalization"
    ? [node(type, "x s b", "y mean deviation", { axis }), {
      s: floats(last, random),
      b: floats(last, random),
    }]
    : [node(type, "x", "y", { axis }), {}];
  return graphOf(one, x, constants);
});

holds("slices, splits, pads, tiles and gathers", 250, (random) => {
  const x = ints(random, random.integer(2, 4), 1, 6);
  const axis = random.integer(-x.length, x.length - 1);
  const size = x.at(axis)!;
  const kinds: (() => [TestNode, TestGraph["constants"]])[] = [
    () => [node("Slice", "x starts ends axes steps", "y"), {
      starts: list(random.pick([random.integer(-8, 8), -(2 ** 62), 2 ** 62])),
      ends: list(random.pick([random.integer(-8, 8), -(2 ** 62), 2 ** 62])),
      axes: list(axis),
      steps: list(random.pick([1, 2, -1, -2, 3])),
    }],
    () => [node("Split", "x", "y z", { axis, num_outputs: 2 }), {}],
    () => {
      const part = random.integer(0, size);
      const rest = size - part + Number(random.chance(0.1));
      return [node("Split", "x sizes", "y z", { axis }), { sizes: list(part, rest) }];
    },
    () => [node("Pad", "x pads", "y"), { pads: list(...ints(random, 2 * x.length, 0, 3)) }],
    () => [node("Tile", "x repeats", "y"), { repeats: list(...ints(random, x.length, 1, 3)) }],
    () => [node("Gather", "x at", "y", { axis }), {
      at: int64s([2, 2], ints(random, 4, -size, size - 1)),
    }],
    () => [node("GatherND", "x at", "y"), { at: int64s([3, 1], ints(random, 3, 0, x[0] - 1)) }],
    () => [node("GatherElements", "x at", "y", { axis }), {
      at: int64s(x.with(axis, 2), Array(product(x.with(axis, 2))).fill(0)),
    }],
    () => [node("Transpose", "x", "y", { perm: x.map((_, i) => i).reverse() }), {}],
    () => [node("Flatten", "x", "y", { axis }), {}],
    () => [node("Unsqueeze", "x axes", "y"), { axes: list(0, -1) }],
    () => [node("Expand", "x shape", "y"), { shape: list(2, ...x.map(() => 1)) }],
    () => [node("Concat", "x x x", "y", { axis }), {}],
    () => [node("Trilu", "x", "y"), {}],
  ];
  const [one, constants] = random.pick(kinds)();
  return graphOf(one, x, constants);
});

holds("Resize by scales and by sizes", 80, (random) => {
  const x = [1, random.integer(1, 3), random.integer(1, 9), random.integer(1, 9)];
  const byScales = random.chance(0.6);
  return {
    inputs: { x: ["N", "C", "H", "W"] },
    constants: {
      scales: float32s([4], [1, 1, random.between(0.3, 3), random.between(0.3, 3)]),
      sizes: list(x[0], x[1], random.integer(1, 9), random.integer(1, 9)),
    },
    nodes: [node("Resize", byScales ? "x _ scales" : "x _ _ sizes", "y", {
      mode: random.pick(["nearest", "linear"]),
    })],
    outputs: ["y"],
    shapes: { x },
  };
});

holds("space to depth and back", 40, (random) => {
  const block = random.integer(1, 3);
  const height = block * random.integer(1, 4) + Number(random.chance(0.1));
  const x = [2, random.integer(1, 3), height, block * random.integer(1, 4)];
  return {
    inputs: { x: ["N", "C", "H", "W"] },
    nodes: [
      node("SpaceToDepth", "x", "deep", { blocksize: block }),
      node("DepthToSpace", "deep", "y", { blocksize: block }),
    ],
    outputs: ["deep", "y"],
    shapes: { x },
  };
});

holds("a shape that is taken apart, computed with and put together again", 100, (random) => {
  const [batch, channels, height, width] = ints(random, 4, 1, 6);
  return {
    inputs: { x: ["N", "C", "H", "W"] },
    constants: {
      first: int64s([], [0]),
      two: int64s([], [2]),
      front: list(0),
      open: list(-1),
      begin: list(1),
      end: list(2 ** 62),
    },
    nodes: [
      node("Shape", "x", "shape"),
      node("Gather", "shape first", "n"),
      node("Unsqueeze", "n front", "n1"),
      // [N, -1]
      node("Concat", "n1 open", "flat_shape", { axis: 0 }),
      node("Reshape", "x flat_shape", "flat"),
      // [C, H, W] from a slice of the shape
      node("Slice", "shape begin end", "image"),
      node("ReduceProd", "image", "elements", { keepdims: 0 }),
      node("Div", "elements two", "half"),
      node("Range", "first half two", "evens"),
      node("Cast", "evens", "steps", { to: 1 }),
      // A triangle as wide as the batch, repeated
      node("Concat", "n1 n1", "square_shape", { axis: 0 }),
      node("ConstantOfShape", "square_shape", "square"),
      // [N, -1] with the -1 filled in again
      node("Shape", "flat", "shape2"),
      node("Equal", "flat_shape open", "is_open"),
      node("Where", "is_open shape2 flat_shape", "chosen"),
      node("Expand", "flat chosen", "y"),
    ],
    outputs: ["flat", "steps", "square", "y"],
    shapes: { x: [batch, channels, height, width] },
  };
});

holds("a small image classifier", 20, (random) => {
  const filters = random.integer(2, 5);
  const perFilter = () => floats([filters], random);
  return {
    inputs: { image: ["N", 3, "H", "W"] },
    constants: {
      w1: floats([filters, 3, 3, 3], random),
      w2: floats([filters, 1, 3, 3], random),
      scale: perFilter(),
      bias: perFilter(),
      mean: perFilter(),
      variance: float32s([filters], Array(filters).fill(1)),
      dense: floats([filters, 10], random),
      offset: floats([10], random),
    },
    nodes: [
      node("Conv", "image w1", "c1", { pads: [1, 1, 1, 1], strides: [2, 2] }),
      node("BatchNormalization", "c1 scale bias mean variance", "b1"),
      node("Relu", "b1", "r1"),
      node("Conv", "r1 w2", "c2", { pads: [1, 1, 1, 1], group: filters }),
      node("InstanceNormalization", "c2 scale bias", "i2"),
      node("HardSwish", "i2", "h2"),
      node("Add", "h2 r1", "sum"),
      node("MaxPool", "sum", "pooled", { kernel_shape: [2, 2], strides: [2, 2] }),
      node("GlobalAveragePool", "pooled", "mean_pooled"),
      node("Flatten", "mean_pooled", "flat"),
      node("Gemm", "flat dense offset", "logits"),
      node("Softmax", "logits", "probabilities"),
      node("ArgMax", "logits", "class", { axis: 1, keepdims: 0 }),
    ],
    outputs: ["pooled", "probabilities", "class"],
    shapes: { image: [random.integer(1, 3), 3, random.integer(4, 20), random.integer(4, 20)] },
  };
});

holds("a transformer's block of attention, with heads from its shape", 20, (random) => {
  const [heads, depth] = [random.integer(1, 3), random.integer(1, 4)];
  const width = heads * depth;
  const square = () => floats([width, width], random);
  return {
    inputs: { x: ["N", "T", width] },
    constants: {
      wq: square(),
      wk: square(),
      wv: square(),
      wide: floats([width, 4 * width], random),
      narrow: floats([4 * width, width], random),
      heads: list(heads, depth),
      width: list(width),
      two: list(2),
      front: list(0),
      root: float32s([], [Math.sqrt(depth)]),
      scale: floats([width], random),
    },
    nodes: [
      node("Shape", "x", "shape"),
      node("Slice", "shape front two", "rows"),
      node("Concat", "rows heads", "split", { axis: 0 }),
      node("Concat", "rows width", "merged", { axis: 0 }),
      ...["q", "k", "v"].flatMap((name) => [
        node("MatMul", `x w${name}`, `${name}0`),
        node("Reshape", `${name}0 split`, `${name}1`),
        node("Transpose", `${name}1`, name, { perm: name === "k" ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
      ]),
      node("MatMul", "q k", "scores"),
      node("Div", "scores root", "scaled"),
      node("Softmax", "scaled", "attention", { axis: -1 }),
      node("MatMul", "attention v", "mixed"),
      node("Transpose", "mixed", "back", { perm: [0, 2, 1, 3] }),
      node("Reshape", "back merged", "joined"),
      node("Add", "x joined", "sum"),
      node("LayerNormalization", "sum scale", "normal"),
      node("MatMul", "normal wide", "inner"),
      node("Gelu", "inner", "active"),
      node("MatMul", "active narrow", "y"),
    ],
    outputs: ["attention", "y"],
    shapes: { x: [random.integer(1, 3), random.integer(1, 6), width] },
  };
});
