import assert from "node:assert/strict";
import { checkShapes, MODELS } from "../../../models/catalogue.ts";
import { countOperations } from "../../../models/operations/count-operations.ts";
import { ModelError } from "../../../models/operations/model-error.ts";
import { RULE } from "../../../models/operations/rule.ts";
import { product, total } from "../../../models/operations/operation-count.ts";
import { seeded } from "../../support/random.ts";
import { Float, float32s, int64s, list, node, onnxFile, type TestGraph } from "./onnx-file.ts";
import { open } from "./session.ts";

const read = (name: string) =>
  Deno.readFile(new URL(`../../../models/onnx/${name}.onnx`, import.meta.url));

/** What counting a graph says is wrong with it. */
function complaint(graph: TestGraph, shapes: Record<string, number[]> = {}): string {
  try {
    countOperations(onnxFile(graph))(shapes);
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return "counted";
}

for (const spec of MODELS.values()) {
  const [{ name: input }] = spec.inputs;

  Deno.test(`countOperations() of ${spec.name}.onnx is the catalogue's operations(), over 400 shapes`, async () => {
    const count = countOperations(await read(spec.name));
    for (let seed = 1; seed <= 400; seed++) {
      const random = seeded(seed);
      const free = () => random.pick([random.integer(1, 512), 2 ** random.integer(0, 9)]);
      const shape = spec.inputs[0].shape.map((size) => size === -1 ? free() : size);
      assert.equal(checkShapes(spec, [shape]), null);
      const { operations, outputs } = count({ [input]: shape });
      const where = `seed ${seed}: [${shape}]`;
      assert.equal(operations, spec.operations([shape]), where);
      const want = spec.outputShapes([shape]).map((dims, i) => [spec.outputs[i].name, dims]);
      assert.deepEqual(outputs, Object.fromEntries(want), where);
    }
  });

  Deno.test(`countOperations() of ${spec.name}.onnx gives the shapes that a run gives`, async () => {
    const [count, run] = [countOperations(await read(spec.name)), await open(spec.name)];
    const random = seeded(2);
    for (let i = 0; i < 10; i++) {
      const shape = spec.inputs[0].shape.map((size) => size === -1 ? random.integer(1, 30) : size);
      const ran = await run(new Float32Array(product(shape)), shape);
      const got = Object.entries(ran).map(([name, { dims }]) => [name, [...dims]]);
      assert.deepEqual(count({ [input]: shape }).outputs, Object.fromEntries(got));
    }
  });
}

Deno.test("countOperations() tells which operators the operations go to", async () => {
  const { operations, byOperator } = countOperations(await read("drive-rss"))({ state: [9, 6] });
  const sums = Object.values(byOperator).map((one) => one.operations);
  assert.equal(sums.reduce((a, b) => a + b), operations);
  assert.deepEqual(byOperator.GreaterOrEqual, { nodes: 1, operations: 9 * 6 });
  assert.deepEqual(byOperator.Gather, { nodes: 6, operations: 0 });
});

Deno.test("docs/models.md names every operator, and the rule counts those of its list so", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/models.md", import.meta.url));
  const section = page.split("\n## ").find((part) => part.startsWith("Operations\n"))!;
  const documented = new Set([...section.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  for (const name of Object.keys(RULE)) assert(documented.has(name), `${name} is not on the page`);

  const items = [...section.matchAll(/^- (\d): ([^]*?)\n(?=-|\n)/gm)];
  let checked = 0;
  for (const [, count, names] of items) {
    for (const [, name] of names.matchAll(/`(\w+)`/g)) {
      const x = [2, 3];
      const terms = RULE[name as keyof typeof RULE]<never>({
        inputs: [x, x, x],
        outputs: [x],
        attributes: {},
      });
      assert.equal(total(terms), Number(count) * 6, name);
      checked++;
    }
  }
  assert(checked > 80, `only ${checked} operators are in the list`);
});

Deno.test("an operator that the rule does not cover is named, with its domain", () => {
  const graph = (type: string, domain?: string): TestGraph => ({
    inputs: { x: [1] },
    nodes: [{ ...node(type, "x", "y"), ...(domain && { domain }) }],
    outputs: ["y"],
  });
  assert.equal(
    complaint(graph("Attention")),
    `The rule does not cover 1 of the model's operators: "Attention"`,
  );
  assert.equal(
    complaint({
      inputs: {},
      nodes: [node("ImageDecoder", "", "a"), node("toString", "", "b")],
      outputs: [],
    }),
    `The rule does not cover 2 of the model's operators: "ImageDecoder", "toString"`,
  );
  assert.equal(
    complaint(graph("Gelu", "com.microsoft")),
    `The rule does not cover 1 of the model's operators: "com.microsoft.Gelu"`,
  );
});

Deno.test("shapes that do not fit the inputs are refused with what the file says", () => {
  const graph: TestGraph = {
    inputs: { a: [1, 3, "H", "W"], b: ["H"] },
    nodes: [node("Relu", "a", "y")],
    outputs: ["y"],
  };
  const cases: [Record<string, number[]>, string][] = [
    [{ b: [4] }, `Input "a" needs a shape: it is [1,3,H,W] in the file`],
    [{ a: [1, 3, 4, 4], b: [4], c: [] }, `The model has no input "c": it takes "a", "b"`],
    [{ a: [1, 4, 4, 4], b: [4] }, `Input "a" has shape [1,4,4,4]: dimension 1 must be 3`],
    [{ a: [3, 4, 4], b: [4] }, `Input "a" has shape [3,4,4]: it must have 4 dimensions, not 3`],
    [{ a: [1, 3, 4, 4], b: [5] }, `Input "b" has shape [5]: dimension 0 must be 4`],
    [
      { a: [1, 3, -4, 4], b: [4] },
      `Input "a" has shape [1,3,-4,4]: its sizes must be integers from 0`,
    ],
    [
      { a: [1, 3, 4.5, 4], b: [4] },
      `Input "a" has shape [1,3,4.5,4]: its sizes must be integers from 0`,
    ],
    [
      { a: [1, 3, 2 ** 30, 2 ** 30], b: [2 ** 30] },
      "More elements or operations than can be counted exactly: 2^53 or beyond",
    ],
  ];
  for (const [shapes, want] of cases) assert.equal(complaint(graph, shapes), want);
  assert.equal(complaint(graph, { a: [1, 3, 4, 5], b: [4] }), "counted");
});

Deno.test("an input of fixed shape needs none, and a constant among the inputs is none", () => {
  const graph: TestGraph = {
    inputs: { x: [2, 3], w: [3, 4] },
    constants: { w: float32s([3, 4], Array(12).fill(0)) },
    nodes: [node("MatMul", "x w", "y")],
    outputs: ["y"],
  };
  const { operations, outputs } = countOperations(onnxFile(graph))({});
  assert.deepEqual([operations, outputs], [2 * 2 * 3 * 4, { y: [2, 4] }]);
});

Deno.test("a graph that cannot be is refused, with the node that is wrong", () => {
  const x = { inputs: { x: [2, 3] }, outputs: ["y"] };
  const cases: [TestGraph, string][] = [
    [
      { ...x, nodes: [node("Relu", "b", "a"), node("Relu", "a", "b")] },
      `Relu "a" reads "b", which nothing before it makes`,
    ],
    [{ ...x, nodes: [node("Relu", "x", "x")] }, `Tensor "x" is made twice`],
    [{ ...x, nodes: [node("Relu", "x", "z")] }, `Output "y" is made by no node`],
    [{ ...x, nodes: [node("Relu", "x x", "y")] }, `Relu "y": it has 2 inputs where it takes 1`],
    [{ ...x, nodes: [node("Relu", "_", "y")] }, `Relu "y": input 0 is missing`],
    [
      { ...x, nodes: [node("Relu", "x", "y z")] },
      `Relu "y": 2 outputs are asked of it, and it has 1`,
    ],
    [
      { ...x, nodes: [node("Concat", "x x", "y", { axis: 2 })] },
      `Concat "y": axis 2 is none of 2`,
    ],
    [{ ...x, nodes: [node("Concat", "x x", "y")] }, `Concat "y": attribute axis is missing`],
    [
      { ...x, nodes: [node("Concat", "x x", "y", { axis: "no" })] },
      `Concat "y": attribute axis must be an integer`,
    ],
    [
      { ...x, constants: { shape: list(4, -1) }, nodes: [node("Reshape", "x shape", "y")] },
      `Reshape "y": [2,3] cannot become [4,-1]`,
    ],
    [
      { ...x, nodes: [node("Reshape", "x x", "y")] },
      `Reshape "y": input 1 decides about the shape, but its elements do not follow from the ` +
      "shapes given",
    ],
    [
      { ...x, constants: { w: int64s([2], [1]) }, nodes: [node("Add", "x w", "y")] },
      `Constant "w" holds 1 elements, but its shape [2] has 2`,
    ],
    [
      {
        ...x,
        constants: { shape: list(2 ** 40, 2 ** 40) },
        nodes: [node("Expand", "x shape", "y")],
      },
      `Expand "y": [2,3] and [${2 ** 40},${2 ** 40}] cannot be broadcast to each other`,
    ],
    [
      {
        ...x,
        constants: { shape: list(2 ** 30, 2 ** 30, 1, 1) },
        nodes: [node("Expand", "x shape", "y")],
      },
      "More elements or operations than can be counted exactly: 2^53 or beyond",
    ],
  ];
  for (const [graph, want] of cases) assert.equal(complaint(graph), want);
});

Deno.test("what is no ONNX file is refused", () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /holds no graph/],
    [new TextEncoder().encode("<!doctype html>"), /in a ModelProto/],
    [Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), /4294967295 bytes are promised where 0/],
    [Uint8Array.of(0x08, ...Array(11).fill(0xff)), /a number has more than 10 bytes/],
    [Uint8Array.of(0x08, 0xff), /ends within a number/],
    [Uint8Array.of(0x0b), /wire type 3/],
    [Uint8Array.of(0x02), /field 0 cannot be/],
    [Uint8Array.of(0x38, 1), /field 7 has another type/],
  ];
  for (const [bytes, want] of cases) {
    assert.throws(() => countOperations(bytes), (error) => {
      assert(error instanceof ModelError);
      assert.match(error.message, want);
      return true;
    });
  }
});

Deno.test("constants are read from raw_data and from every packed or loose field alike", () => {
  const loose = [4, 6].map((size) => [7, size] as const);
  const packed = [7, Uint8Array.of(4, 6)] as const;
  const raw = int64s([2], [4, 6]);
  for (const tensor of [[[1, 2], [2, 7], ...loose], [[1, 2], [2, 7], packed], raw]) {
    const graph = {
      inputs: { x: [24] },
      constants: { shape: tensor as never },
      nodes: [node("Reshape", "x shape", "y")],
      outputs: ["y"],
    };
    assert.deepEqual(countOperations(onnxFile(graph))({}).outputs, { y: [4, 6] });
  }
});

Deno.test("attributes count where the rule says so", () => {
  const operations = (
    type: string,
    inputs: string,
    attributes: Record<string, number | Float | string | number[]>,
  ) => {
    const constants = {
      b: float32s([3], [0, 0, 0]),
      one: float32s([], [1]),
      w: float32s([3, 3], Array(9).fill(0)),
    };
    const nodes = [node(type, inputs, "y", attributes)];
    return countOperations(onnxFile({ inputs: { x: [2, 3] }, constants, nodes, outputs: ["y"] }))(
      {},
    )
      .operations;
  };
  assert.equal(operations("Gemm", "x w", {}), 2 * 2 * 3 * 3);
  assert.equal(operations("Gemm", "x w b", {}), 2 * 2 * 3 * 3 + 6);
  assert.equal(
    operations("Gemm", "x w b", { alpha: new Float(2), beta: new Float(3) }),
    36 + 6 + 6 + 3,
  );
  assert.equal(operations("Clip", "x", {}), 0);
  assert.equal(operations("Clip", "x _ one", {}), 6);
  assert.equal(operations("Clip", "x one one", {}), 12);
  assert.equal(operations("Gelu", "x", {}), 5 * 6);
  assert.equal(operations("Gelu", "x", { approximate: "tanh" }), 9 * 6);
  assert.equal(operations("LayerNormalization", "x b", {}), 6 * 6 + 5 * 2);
  assert.equal(operations("LayerNormalization", "x b b", {}), 7 * 6 + 5 * 2);
  assert.equal(operations("Sum", "x x x", {}), 12);
  assert.equal(operations("Mean", "x x x", {}), 18);
});
