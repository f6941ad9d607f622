import assert from "node:assert/strict";
import { countOperations } from "../../../models/operations/count-operations.ts";
import { product } from "../../../models/operations/operation-count.ts";
import { type Random, seeded } from "../../support/random.ts";
import {
  conv,
  convTranspose,
  type Done,
  gemm,
  type ImageWindow,
  type Input,
  matMul,
  pool,
} from "./naive-operators.ts";
import { Float, float32s, node, onnxFile, type TestNode } from "./onnx-file.ts";
import { runOnce } from "./session.ts";

const CASES = 60;

/** Sums of up to some hundred products below 1 in float32, in another order. */
const SUM_TOLERANCE = 2e-5;

const tensor = (random: Random, dims: number[]): Input => ({
  dims,
  data: Float32Array.from({ length: product(dims) }, () => random.between(-1, 1)),
});

interface Case {
  /** Their first one is the model's input, the others are in its file. */
  operands: Record<string, Input>;
  node: TestNode;
  naive: Done;
}

/** The loop computes what ONNX Runtime does, and does as much as the counter says. */
function holds(what: string, make: (random: Random) => Case): void {
  Deno.test(`countOperations() counts what a naive loop does: ${what}`, async () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const { operands, node, naive } = make(seeded(seed));
      const [[name, input], ...constants] = Object.entries(operands);
      const file = onnxFile({
        inputs: { [name]: input.dims },
        constants: Object.fromEntries(
          constants.map(([name, { dims, data }]) => [name, float32s(dims, [...data])]),
        ),
        nodes: [node],
        outputs: ["y"],
      });
      const where = `seed ${seed}: ${JSON.stringify(node)} of [${input.dims}]`;
      const counted = countOperations(file)({});
      assert.deepEqual(counted.outputs, { y: naive.dims }, where);
      assert.equal(counted.operations, naive.operations, where);
      const { y } = await runOnce(file, { [name]: input });
      assert.deepEqual([...y.dims], naive.dims, where);
      naive.data.forEach((want, i) => {
        assert(
          Math.abs(y.data[i] - want) <= SUM_TOLERANCE,
          `${where}: [${i}] ${y.data[i]}, want ${want}`,
        );
      });
    }
  });
}

const pair = (random: Random, from: number, to: number) => [
  random.integer(from, to),
  random.integer(from, to),
];

function windowOf(random: Random, kernel: number[]): ImageWindow {
  return {
    kernel,
    strides: pair(random, 1, 3),
    dilations: pair(random, 1, 2),
    pads: [...pair(random, 0, 1), ...pair(random, 0, 1)],
  };
}

holds("Conv", (random) => {
  const group = random.integer(1, 3);
  const [perGroup, filters] = pair(random, 1, 3);
  const window = windowOf(random, pair(random, 1, 3));
  const { kernel, strides, dilations, pads } = window;
  const x = tensor(random, [random.integer(1, 2), group * perGroup, ...pair(random, 5, 8)]);
  const w = tensor(random, [group * filters, perGroup, ...kernel]);
  const b = random.chance(0.5) ? tensor(random, [group * filters]) : null;
  return {
    operands: { x, w, ...(b && { b }) },
    node: node("Conv", b ? "x w b" : "x w", "y", { group, strides, dilations, pads }),
    naive: conv(x, w, { bias: b && b.data, group, window }),
  };
});

holds("ConvTranspose", (random) => {
  const group = random.integer(1, 2);
  const [perGroup, filters] = pair(random, 1, 3);
  const window = windowOf(random, pair(random, 2, 3));
  const { kernel, strides, dilations, pads } = window;
  const x = tensor(random, [random.integer(1, 2), group * perGroup, ...pair(random, 3, 5)]);
  const w = tensor(random, [group * perGroup, filters, ...kernel]);
  const b = random.chance(0.5) ? tensor(random, [group * filters]) : null;
  return {
    operands: { x, w, ...(b && { b }) },
    node: node("ConvTranspose", b ? "x w b" : "x w", "y", { group, strides, dilations, pads }),
    naive: convTranspose(x, w, { bias: b && b.data, group, window }),
  };
});

holds("MaxPool and AveragePool", (random) => {
  const isMax = random.chance(0.5);
  const window = windowOf(random, pair(random, 2, 3));
  const { kernel, strides, dilations, pads } = window;
  const x = tensor(random, [random.integer(1, 2), random.integer(1, 3), ...pair(random, 5, 8)]);
  const attributes = { kernel_shape: kernel, strides, dilations, pads };
  return {
    operands: { x },
    node: isMax
      ? node("MaxPool", "x", "y", attributes)
      : node("AveragePool", "x", "y", { ...attributes, count_include_pad: 1 }),
    naive: pool(x, isMax ? "max" : "average", window),
  };
});

holds("MatMul", (random) => {
  const [rows, inner] = pair(random, 1, 6);
  const stack = random.pick([[], [2], [3, 2]]);
  const [left, right] = random.pick([[stack, stack], [stack, []], [[], stack]]);
  const a = tensor(random, [...left, rows, inner]);
  const b = tensor(random, [...right, inner, random.integer(1, 6)]);
  return { operands: { a, b }, node: node("MatMul", "a b", "y"), naive: matMul(a, b) };
});

holds("Gemm", (random) => {
  const [rows, inner] = pair(random, 1, 6);
  const columns = random.integer(1, 6);
  const [alpha, beta] = [random.pick([1, 0.5]), random.pick([1, 0.25])];
  const a = tensor(random, [rows, inner]);
  const b = tensor(random, [inner, columns]);
  const c = random.chance(0.7) ? tensor(random, [columns]) : null;
  const attributes = { alpha: new Float(alpha), beta: new Float(beta) };
  return {
    operands: { a, b, ...(c && { c }) },
    node: node("Gemm", c ? "a b c" : "a b", "y", attributes),
    naive: gemm(a, b, { c: c && c.data, alpha, beta }),
  };
});
