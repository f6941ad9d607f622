import assert from "node:assert/strict";
import { encode, type Field, type ProtoFields } from "../../../models/graph/protobuf.ts";
import { countOperations } from "../../../models/operations/count-operations.ts";
import { ModelError } from "../../../models/operations/model-error.ts";
import { skeletonOf } from "../../../models/upload/skeleton.ts";
import { uploadedSpec } from "../../../models/upload/spec.ts";
import type { Tensor } from "../../../contract/tensor.ts";
import { int64s } from "./onnx-file.ts";
import { runTensors } from "./run-tensors.ts";

const FP32 = 1;
const INT64 = 7;
const BOOL = 9;

type Size = number | string;

const port = (name: string, dims: readonly Size[], type = FP32): ProtoFields => [
  [1, name],
  [2, [[1, [[1, type], [
    2,
    dims.map((dim): Field => [1, [typeof dim === "number" ? [1, dim] : [2, dim]]]),
  ]]]]],
];

/** Of a body whose shapes nobody states. */
const untyped = (name: string, type = FP32): ProtoFields => [[1, name], [2, [[1, [[1, type]]]]]];

interface Node {
  type: string;
  inputs: string[];
  outputs: string[];
  graphs?: Record<string, ProtoFields>;
  ints?: Record<string, number>;
  domain?: string;
}

const nodeField = ({ type, inputs, outputs, graphs = {}, ints = {}, domain }: Node): Field => [1, [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [4, type],
  ...Object.entries(graphs).map(([name, graph]): Field => [5, [[1, name], [20, 5], [6, graph]]]),
  ...Object.entries(ints).map(([name, value]): Field => [5, [[1, name], [20, 2], [3, value]]]),
  ...(domain ? [[7, domain] as const] : []),
]];

interface Graph {
  nodes: Node[];
  inputs?: ProtoFields[];
  outputs: ProtoFields[];
  constants?: Record<string, ProtoFields>;
}

const graph = ({ nodes, inputs = [], outputs, constants = {} }: Graph): ProtoFields => [
  ...nodes.map(nodeField),
  [2, "g"],
  ...Object.entries(constants).map(([name, tensor]): Field => [5, [...tensor, [8, name]]]),
  ...inputs.map((one): Field => [11, one]),
  ...outputs.map((one): Field => [12, one]),
];

const file = (one: Graph, more: ProtoFields = []): Uint8Array<ArrayBuffer> =>
  encode([[1, 8], [7, graph(one)], [8, [[1, ""], [2, 17]]], ...more]);

const metadata = (key: string, value: string): Field => [14, [[1, key], [2, value]]];

const specOf = (bytes: Uint8Array) =>
  uploadedSpec(skeletonOf(bytes), {
    tenant_id: "t",
    name: "m",
    version: "1",
    sha256: "0",
    object: "t/m",
    file_bytes: bytes.length,
  });

function refusal(bytes: Uint8Array): string {
  try {
    specOf(bytes);
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return "taken";
}

const fp32 = (name: string, shape: number[]): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: new Float32Array(shape.reduce((n, size) => n * size, 1)).fill(1),
});
const int64 = (name: string, value: number): Tensor => ({
  name,
  datatype: "INT64",
  shape: [],
  data: BigInt64Array.of(BigInt(value)),
});

/** A body that gives its state back, larger by what is done to it, and one row for each iteration. */
const body = (nodes: Node[]): ProtoFields =>
  graph({
    nodes: [{ type: "Identity", inputs: ["go"], outputs: ["go_on"] }, ...nodes],
    inputs: [port("i", [], INT64), port("go", [], BOOL), untyped("s")],
    outputs: [untyped("go_on", BOOL), untyped("t"), untyped("row")],
  });

const doubling = body([
  { type: "Add", inputs: ["s", "s"], outputs: ["t"] },
  { type: "Neg", inputs: ["s"], outputs: ["row"] },
]);

const looped = (
  { trips, state = doubling, inputs = [], constants, nodes = [] }: {
    trips: string;
    state?: ProtoFields;
    inputs?: ProtoFields[];
    constants?: Record<string, ProtoFields>;
    nodes?: Node[];
  },
  more: ProtoFields = [],
) =>
  file({
    nodes: [...nodes, {
      type: "Loop",
      inputs: [trips, "", "x"],
      outputs: ["y", "rows"],
      graphs: { body: state },
    }],
    inputs: [port("x", ["N"]), ...inputs],
    outputs: [port("y", ["M"]), port("rows", ["T", "R"])],
    ...(constants && { constants }),
  }, more);

/** An If between two graphs that read x of the graph around them. */
const branched = (yes: Node[], no: Node[], condition: Graph["constants"] = undefined) =>
  file({
    nodes: [{
      type: "If",
      inputs: ["c"],
      outputs: ["y"],
      graphs: {
        then_branch: graph({ nodes: yes, outputs: [untyped("a")] }),
        else_branch: graph({ nodes: no, outputs: [untyped("b")] }),
      },
    }],
    inputs: [port("x", ["N"]), ...condition ? [] : [port("c", [], BOOL)]],
    outputs: [untyped("y")],
    ...(condition && { constants: condition }),
  });

const cheap: Node[] = [{ type: "Neg", inputs: ["x"], outputs: ["b"] }];
const dear: Node[] = [
  { type: "Neg", inputs: ["x"], outputs: ["m"] },
  { type: "Sigmoid", inputs: ["m"], outputs: ["a"] },
];

Deno.test("an If costs its dearer branch, or the one that is known to run", () => {
  const open = branched(dear, cheap);
  assert.equal(countOperations(open)({ x: [10] }).operations, 50);
  const known = branched(dear, cheap, { c: [[2, BOOL], [9, Uint8Array.of(0)]] });
  assert.equal(countOperations(known)({ x: [10] }).operations, 10);
  const spec = specOf(open);
  const c = (value: number): Tensor => ({
    name: "c",
    datatype: "BOOL",
    shape: [],
    data: Uint8Array.of(value),
  });
  assert.equal(spec.operations([[10], []], [fp32("x", [10]), c(0)]), 10);
  assert.equal(spec.operations([[10], []], [fp32("x", [10]), c(1)]), 50);
  assert.equal(spec.operations([[10], []]), 50);
});

Deno.test("branches of different sizes promise the larger one, and of different ranks are refused", () => {
  const joined: Node[] = [{
    type: "Concat",
    inputs: ["x", "x"],
    outputs: ["a"],
    ints: { axis: 0 },
  }];
  assert.deepEqual(countOperations(branched(joined, cheap))({ x: [10] }).outputs, { y: [20] });
  const scalar: Node[] = [{
    type: "ReduceSum",
    inputs: ["x"],
    outputs: ["a"],
    ints: { keepdims: 0 },
  }];
  assert.match(refusal(branched(scalar, cheap)), /same number of dimensions/);
});

Deno.test("a Loop costs its body times its trip count, short or long, as it runs", async () => {
  for (const trips of [0, 1, 7, 1_000]) {
    const bytes = looped({ trips: "n", constants: { n: int64s([], [trips]) } });
    const { operations, outputs } = countOperations(bytes)({ x: [5] });
    assert.equal(operations, trips * 10, `${trips}`);
    assert.deepEqual(outputs, { y: [5], rows: [trips, 5] });
    const ran = await runTensors(bytes, ["x"], [fp32("x", [5])]);
    // Of what no iteration has given, ONNX Runtime does not know the shape.
    assert.deepEqual(ran.get("rows")!.shape, trips === 0 ? [0] : [trips, 5]);
  }
});

Deno.test("states that grow are followed while they are few, as ONNX Runtime lets them", async () => {
  const growing = body([
    { type: "Concat", inputs: ["s", "s"], outputs: ["t"], ints: { axis: 0 } },
    { type: "ReduceSum", inputs: ["s"], outputs: ["row"] },
  ]);
  const bytes = (trips: number) =>
    looped({ trips: "n", state: growing, constants: { n: int64s([], [trips]) } });
  const { operations, outputs } = countOperations(bytes(4))({ x: [3] });
  assert.equal(operations, 3 * (1 + 2 + 4 + 8));
  assert.deepEqual(outputs, { y: [48], rows: [4, 1] });
  const ran = await runTensors(bytes(4), ["x"], [fp32("x", [3])]);
  assert.deepEqual(ran.get("y")!.shape, [48]);
  assert.match(refusal(bytes(1_000)), /change their shapes with every iteration/);
});

Deno.test("a trip count that comes with the request is counted with it", () => {
  const inputs = [port("n", [], INT64)];
  const spec = specOf(looped({ trips: "n", inputs }));
  assert.deepEqual(spec.facts.deciding, ["n"]);
  assert.equal(spec.facts.demand, null);
  const ask = (trips: number) => spec.operations([[5], []], [fp32("x", [5]), int64("n", trips)]);
  assert.equal(ask(3), 30);
  assert.equal(ask(5_000), 50_000);
  assert.throws(() => ask(2e12), { name: "ModelError", message: /A run takes/ });
  assert.throws(() => spec.operations([[5], []]), {
    name: "ModelError",
    message: /its trip count comes with the request/,
  });
});

Deno.test("a declared max_trip_count bounds requests, and holds them to it", () => {
  const inputs = [port("n", [], INT64)];
  const spec = specOf(looped({ trips: "n", inputs }, [metadata("max_trip_count", "100")]));
  assert.deepEqual(spec.facts.deciding, ["n"]);
  assert.equal(spec.facts.demand?.smallest.operations, 200);
  const ask = (trips: number) => spec.operations([[5], []], [fp32("x", [5]), int64("n", trips)]);
  assert.equal(ask(100), 1_000);
  assert.throws(() => ask(101), {
    message: /would run 101 times, and the model declares max_trip_count 100/,
  });
});

Deno.test("a trip count out of data is refused, unless the graph itself takes the Min of it", () => {
  const computed: Node[] = [
    { type: "ReduceSum", inputs: ["x"], outputs: ["sum"], ints: { keepdims: 0 } },
    { type: "Cast", inputs: ["sum"], outputs: ["n"], ints: { to: INT64 } },
  ];
  // An input of more elements than are read with a request.
  const inputs: ProtoFields[] = [];
  const wide = (nodes: Node[], trips: string, more: ProtoFields = []) =>
    file({
      nodes: [...nodes, {
        type: "Loop",
        inputs: [trips, "", "x"],
        outputs: ["y", "rows"],
        graphs: { body: doubling },
      }],
      inputs: [port("x", [1_000]), ...inputs],
      outputs: [untyped("y"), untyped("rows")],
      constants: { most: int64s([], [40]) },
    }, more);
  assert.match(refusal(wide(computed, "n")), /Loop "y": its trip count is computed from data.*Min/);
  const declared = [metadata("max_trip_count", "10")];
  assert.match(refusal(wide(computed, "n", declared)), /a declared max_trip_count does not bound/);
  const least: Node = { type: "Min", inputs: ["n", "most"], outputs: ["capped"] };
  const spec = specOf(wide([...computed, least], "capped"));
  assert.deepEqual(spec.outputShapes([[1_000]]), [[1_000], [40, 1_000]]);
  assert.equal(spec.operations([[1_000]]), 1_000 + 1 + 40 * 2_000);
});

Deno.test("a local function costs what its nodes do, with the attributes of its call", () => {
  const bytes = file({
    nodes: [
      { type: "twice", inputs: ["x"], outputs: ["m"], domain: "own" },
      { type: "twice", inputs: ["m"], outputs: ["y"], domain: "own" },
    ],
    inputs: [port("x", [4])],
    outputs: [untyped("y")],
  }, [[25, [
    [1, "twice"],
    [4, "p"],
    [5, "q"],
    [7, [[1, "p"], [1, "p"], [2, "q"], [4, "Add"]]],
    [9, [[1, ""], [2, 17]]],
    [10, "own"],
  ]], [8, [[1, "own"], [2, 1]]]]);
  assert.equal(countOperations(bytes)({}).operations, 8);
  assert.equal(specOf(bytes).operations([[4]]), 8);
});

Deno.test("a bound does not outlast a cast to a type in which numbers wrap round", () => {
  // -1 is 40 at most, and 2^32 - 1 as UINT32.
  const UINT32 = 12;
  const nodes: Node[] = [
    { type: "ReduceSum", inputs: ["x"], outputs: ["sum"], ints: { keepdims: 0 } },
    { type: "Cast", inputs: ["sum"], outputs: ["n"], ints: { to: INT64 } },
    { type: "Min", inputs: ["n", "most"], outputs: ["capped"] },
    { type: "Cast", inputs: ["capped"], outputs: ["wrapped"], ints: { to: UINT32 } },
    { type: "Cast", inputs: ["wrapped"], outputs: ["trips"], ints: { to: INT64 } },
  ];
  const bytes = file({
    nodes: [...nodes, {
      type: "Loop",
      inputs: ["trips", "", "x"],
      outputs: ["y", "rows"],
      graphs: { body: doubling },
    }],
    inputs: [port("x", [1_000])],
    outputs: [untyped("y"), untyped("rows")],
    constants: { most: int64s([], [40]) },
  });
  assert.match(refusal(bytes), /its trip count is computed from data/);
});
