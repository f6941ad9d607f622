/**
 * What a run takes of an engine where operations say nothing: nodes, moved elements and texts, times the
 * iterations of loops. It bounds a run, so nothing that repeats may be free.
 * @module
 */
import assert from "node:assert/strict";
import { countModel } from "../../../models/operations/count-operations.ts";
import { readModel } from "../../../models/operations/model-file.ts";
import { encode, type Field, type ProtoFields } from "../../../models/graph/protobuf.ts";
import { demandOf } from "../../../models/upload/demand.ts";
import { fits, misfit, SANDBOX } from "../../../models/upload/limits.ts";
import { list, node, onnxFile, type TestGraph } from "./onnx-file.ts";

const countOf = (graph: TestGraph, shapes: Record<string, number[]>) =>
  countModel(readModel(onnxFile(graph)), shapes);

const port = (name: string, type: number, dims: number[]): ProtoFields => [
  [1, name],
  [2, [[1, [[1, type], [2, dims.map((dim): Field => [1, [[1, dim]]])]]]]],
];
const raw = (type: string, inputs: string[], outputs: string[], graph?: ProtoFields): Field => [1, [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [4, type],
  ...(graph ? [[5, [[1, "body"], [20, 5], [6, graph]]] as Field] : []),
]];

/** A loop whose body only hands on what it gets. */
const idleLoop = (trips: number): Uint8Array => {
  const body: ProtoFields = [
    raw("Identity", ["goes"], ["goes_on"]),
    raw("Identity", ["a"], ["a_out"]),
    [2, "body"],
    [11, port("i", 7, [])],
    [11, port("goes", 9, [])],
    [11, port("a", 1, [1])],
    [12, port("goes_on", 9, [])],
    [12, port("a_out", 1, [1])],
  ];
  const count = new Uint8Array(BigInt64Array.of(BigInt(trips)).buffer);
  return encode([[1, 8], [7, [
    raw("Loop", ["trips", "", "x"], ["y"], body),
    [2, "loop"],
    [5, [[2, 7], [8, "trips"], [9, count]]],
    [11, port("x", 1, [1])],
    [12, port("y", 1, [1])],
  ]], [8, [[1, ""], [2, 20]]]]);
};

const WEIGHT = { file_bytes: 1_000, parameter_bytes: 0, nodes: 3 };

Deno.test("A loop that computes nothing takes time for every trip, and is bounded by it", () => {
  const demand = (trips: number) =>
    demandOf(readModel(idleLoop(trips)), WEIGHT, { shapes: { x: [1] } }).demand;
  assert.equal(demand(1e5).operations, 0);
  assert.ok(fits(demand(1e5), SANDBOX));
  assert.ok(!fits(demand(1e6), SANDBOX), `${demand(1e6).engine_ms} ms`);
  assert.throws(() => demand(1e12), /A run takes about \d+ ms of an isolate's engine: at most/);
});

Deno.test("Moving data is no operation, and takes time by what is moved", () => {
  const transposed = (size: number) =>
    countOf({
      inputs: { x: ["N", 8] },
      nodes: [node("Transpose", "x", "y", { perm: [1, 0] })],
      outputs: ["y"],
    }, { x: [size, 8] });
  assert.equal(transposed(1e6).operations, 0);
  assert.ok(transposed(1e6).engine_ns > 100 * transposed(1e3).engine_ns);
});

Deno.test("Operations of a matrix take a fraction of what as many powers take", () => {
  const square = { x: [128, 128] };
  const product = countOf(
    { inputs: { x: [128, 128] }, nodes: [node("MatMul", "x x", "y")], outputs: ["y"] },
    square,
  );
  const powers = countOf(
    {
      inputs: { x: [128, 128] },
      constants: { s: list(1, 256) },
      nodes: [node("Tile", "x s", "t"), node("Pow", "t t", "y")],
      outputs: ["y"],
    },
    square,
  );
  assert.equal(product.operations, powers.operations);
  assert.ok(powers.engine_ns > 50 * product.engine_ns);
});

Deno.test("Texts take time by their number", () => {
  const cast = (to: number) =>
    countOf(
      { inputs: { x: [1_000] }, nodes: [node("Cast", "x", "y", { to })], outputs: ["y"] },
      { x: [1_000] },
    ).engine_ns;
  assert.ok(cast(8) - cast(11) > 1e6);
});

Deno.test("Many nodes do not fit into a sandbox, however little they compute: opening them takes too long", () => {
  const { demand } = demandOf(readModel(idleLoop(1)), { ...WEIGHT, nodes: 20_000 }, {
    shapes: { x: [1] },
  });
  assert.ok(!fits(demand, SANDBOX));
});

Deno.test("misfit() names every bound that a run passes, and fits() is that there is none", () => {
  assert.equal(misfit(SANDBOX, SANDBOX), null);
  assert.ok(fits(SANDBOX, SANDBOX));
  const { operations, memory_bytes, engine_ms } = SANDBOX;
  assert.equal(
    misfit({ operations: operations + 1, memory_bytes, engine_ms: 1_406 }, SANDBOX),
    "takes 2.01 billion operations, over 2; 1406 ms of the engine's time, over 1000",
  );
  assert.equal(
    misfit({ operations, memory_bytes: memory_bytes + 1, engine_ms }, SANDBOX),
    "takes 64.01 MiB of memory, over 64",
  );
});
