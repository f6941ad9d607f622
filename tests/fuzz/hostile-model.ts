/**
 * Files that somebody could upload to break something: seeded, one of each kind in turn.
 * Not its job: what becomes of them (see hostile-model_test.ts, and the tests over HTTP).
 * @module
 */

import { encode, type Field, type ProtoFields } from "../../models/graph/protobuf.ts";
import type { Random } from "../support/random.ts";
import { float32s, int64s, list, node, onnxFile } from "../unit/models/onnx-file.ts";

export interface HostileModel {
  kind: string;
  bytes: Uint8Array;
  /** What the refusal says; null where it may as well be taken. */
  refusal: RegExp | null;
}

type Make = (random: Random) => Omit<HostileModel, "kind">;

const OPSET = 17;

// Fields of the messages, by what they are called in onnx.proto3.
const graphOf = (fields: ProtoFields, more: ProtoFields = []): Uint8Array =>
  encode([[1, 8], [7, fields], [8, [[1, ""], [2, OPSET]]], ...more]);

const tensorType = (dims: readonly (number | string)[], type = 1): ProtoFields => [[
  1,
  [[1, type], [2, dims.map((dim): Field => [1, [typeof dim === "number" ? [1, dim] : [2, dim]]])]],
]];
const port = (name: string, dims: readonly (number | string)[], type = 1): ProtoFields => [
  [1, name],
  [2, tensorType(dims, type)],
];
const attribute = (name: string, type: number, field: number, value: ProtoFields): ProtoFields => [
  [1, name],
  [20, type],
  [field, value],
];
const nodeOf = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly ProtoFields[] = [],
  domain?: string,
): ProtoFields => [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [4, type],
  ...attributes.map((one): Field => [5, one]),
  ...(domain ? [[7, domain] as const] : []),
];
const graphAttribute = (name: string, graph: ProtoFields) => attribute(name, 5, 6, graph);

/** A sound small network, for those who damage one. */
function sound(random: Random): Uint8Array {
  return onnxFile({
    inputs: { x: ["N", 3, 16, 16] },
    constants: { w: float32s([4, 3, 3, 3], Array(108).fill(0.1)), shape: list(0, -1) },
    nodes: [
      node("Conv", "x w", "c", { pads: [1, 1, 1, 1] }),
      node("Relu", "c", "r"),
      node("MaxPool", "r", "p", { kernel_shape: [2, 2], strides: [2, 2] }),
      node("Reshape", "p shape", "y"),
      ...Array.from({ length: random.integer(0, 3) }, (_, i) => node("Neg", "y", `z${i}`)),
    ],
    outputs: ["y"],
  });
}

/** If within If within If. */
function nestedIf(depth: number): ProtoFields {
  let body: ProtoFields = [[1, nodeOf("Neg", ["x"], ["deep"])], [12, port("deep", [2])]];
  for (let i = 0; i < depth; i++) {
    const name = `if${i}`;
    const branches = [graphAttribute("then_branch", body), graphAttribute("else_branch", leaf(i))];
    body = [[1, nodeOf("If", ["c"], [name], branches)], [12, port(name, [2])]];
  }
  return [...body, [2, "g"], [11, port("x", [2])], [11, port("c", [], 9)]];
}

const leaf = (i: number): ProtoFields => [
  [1, nodeOf("Abs", ["x"], [`leaf${i}`])],
  [12, port(`leaf${i}`, [2])],
];

/** Loops within loops, each of so many trips. */
function nestedLoops(depth: number, trips: number, inner: string): ProtoFields {
  let body: ProtoFields = [
    [1, nodeOf("Identity", ["go"], ["go_on"])],
    [1, nodeOf(inner, ["s"], ["t"])],
    [11, port("i", [], 7)],
    [11, port("go", [], 9)],
    [11, port("s", [2])],
    [12, port("go_on", [], 9)],
    [12, port("t", [2])],
  ];
  for (let d = 0; d < depth - 1; d++) {
    body = [
      [1, nodeOf("Identity", ["go"], ["go_on"])],
      [1, nodeOf("Loop", ["trips", "", "s"], ["t"], [graphAttribute("body", body)])],
      [11, port("i", [], 7)],
      [11, port("go", [], 9)],
      [11, port("s", [2])],
      [12, port("go_on", [], 9)],
      [12, port("t", [2])],
    ];
  }
  return [
    [1, nodeOf("Loop", ["trips", "", "x"], ["y"], [graphAttribute("body", body)])],
    [2, "g"],
    [5, [...int64s([], [trips]), [8, "trips"]]],
    [11, port("x", [2])],
    [12, port("y", [2])],
  ];
}

/** Functions that each call the next one so many times. */
function functionBomb(depth: number, calls: number): ProtoFields {
  return Array.from({ length: depth }, (_, d): Field => [25, [
    [1, `f${d}`],
    [4, "x"],
    [5, "y"],
    ...Array.from({ length: calls }, (_, i): Field => [
      7,
      d === depth - 1
        ? nodeOf("Neg", ["x"], [i === calls - 1 ? "y" : `t${i}`])
        : nodeOf(`f${d + 1}`, ["x"], [i === calls - 1 ? "y" : `t${i}`], [], "bomb"),
    ]),
    [9, [[1, ""], [2, OPSET]]],
    [10, "bomb"],
  ]]);
}

const oneNode = (
  type: string,
  inputs: string[],
  constants: Record<string, ProtoFields>,
): ProtoFields => [
  [1, nodeOf(type, inputs, ["y"])],
  [2, "g"],
  ...Object.entries(constants).map(([name, tensor]): Field => [5, [...tensor, [8, name]]]),
  [11, port("x", [2])],
  [12, port("y", ["a"])],
];

const HUGE = [2 ** 31, 2 ** 33, 2 ** 40, 2 ** 52];

const KINDS: Record<string, Make> = {
  truncated(random) {
    const bytes = sound(random);
    return { bytes: bytes.slice(0, random.integer(0, bytes.length - 1)), refusal: /./ };
  },
  "bits flipped"(random) {
    const bytes = sound(random);
    for (let i = random.integer(1, 4); i > 0; i--) {
      bytes[random.integer(0, bytes.length - 1)] ^= 1 << random.integer(0, 7);
    }
    return { bytes, refusal: null };
  },
  "pieces doubled"(random) {
    const bytes = sound(random);
    const at = random.integer(0, bytes.length - 1);
    const until = Math.min(bytes.length, at + random.integer(1, 60));
    const twice = Uint8Array.from([...bytes.slice(0, until), ...bytes.slice(at)]);
    return { bytes: twice, refusal: null };
  },
  noise: (random) => ({
    bytes: Uint8Array.from({ length: random.integer(0, 4_000) }, () => random.integer(0, 255)),
    refusal: /./,
  }),
  "nested If": (random) => {
    const depth = random.integer(1, 40);
    return {
      bytes: graphOf(nestedIf(depth)),
      refusal: depth > 8 ? /deep/ : null,
    };
  },
  "If very deep": (random) => ({
    bytes: graphOf(nestedIf(random.integer(200, 400))),
    refusal: /deep/,
  }),
  "messages in messages"(random) {
    // A graph attribute in a graph attribute, without anything else.
    let body: ProtoFields = [];
    for (let i = random.integer(9, 300); i > 0; i--) {
      body = [[1, [[4, "If"], [5, graphAttribute("then_branch", body)]]]];
    }
    return { bytes: graphOf(body), refusal: /deep/ };
  },
  cyclic: (random) => {
    const n = random.integer(1, 50);
    const nodes = Array.from(
      { length: n },
      (_, i): Field => [1, nodeOf("Add", ["x", `n${(i + 1) % n}`], [`n${i}`])],
    );
    return {
      bytes: graphOf([...nodes, [2, "g"], [11, port("x", [2])], [12, port("n0", [2])]]),
      refusal: /nothing before it makes/,
    };
  },
  "made twice": () => ({
    bytes: graphOf([
      [1, nodeOf("Neg", ["x"], ["y"])],
      [1, nodeOf("Abs", ["x"], ["y"])],
      [11, port("x", [2])],
      [12, port("y", [2])],
    ]),
    refusal: /made twice/,
  }),
  "huge inputs": (random) => ({
    bytes: graphOf([
      [1, nodeOf("Neg", ["x"], ["y"])],
      [11, port("x", [random.pick(HUGE), random.pick([1, 2 ** 20])])],
      [12, port("y", ["a", "b"])],
    ]),
    refusal: /A run takes|2\^53/,
  }),
  "too many dimensions": (random) => ({
    bytes: graphOf([
      [1, nodeOf("Neg", ["x"], ["y"])],
      [11, port("x", Array(random.integer(33, 3_000)).fill(1))],
      [12, port("y", [])],
    ]),
    refusal: /dimensions/,
  }),
  "external data in an initializer": (random) => ({
    bytes: graphOf(oneNode("Add", ["x", "w"], {
      w: random.chance(0.5)
        ? [[1, 2], [2, 1], [13, [[1, "location"], [2, "/etc/passwd"]]], [14, 1]]
        : [[1, 2], [2, 1], [14, 1]],
    })),
    refusal: /external data/,
  }),
  "external data in an attribute": () => ({
    bytes: graphOf([
      [1, nodeOf("Constant", [], ["y"], [attribute("value", 4, 5, [[1, 2], [2, 1], [14, 1]])])],
      [11, port("x", [2])],
      [12, port("y", [2])],
    ]),
    refusal: /external data/,
  }),
  "external data in a subgraph": () => ({
    bytes: graphOf([
      [
        1,
        nodeOf("If", ["c"], ["y"], [
          graphAttribute("then_branch", [
            [5, [[1, 2], [2, 1], [8, "w"], [13, [[1, "location"], [2, "w.bin"]]]]],
            [12, port("w", [2])],
          ]),
          graphAttribute("else_branch", leaf(0)),
        ]),
      ],
      [11, port("x", [2])],
      [11, port("c", [], 9)],
      [12, port("y", [2])],
    ]),
    refusal: /external data/,
  }),
  "initializers that promise more": (random) => ({
    bytes: graphOf(oneNode("Add", ["x", "w"], {
      w: random.pick<ProtoFields>([
        [[1, random.pick(HUGE)], [2, 1], [9, new Uint8Array(16)]],
        [[1, 2 ** 20], [1, 2 ** 20], [2, 1]],
        [[1, 1_000_000], [2, 10], [9, new Uint8Array(2)]],
        [[1, 1_000_000], [2, 8], [6, "a"]],
        [[1, 5_000], [2, 1], [9, new Uint8Array(19_996)]],
      ]),
    })),
    refusal: /holds \d+(\.\d+)? elements, but its shape|2\^53/,
  }),
  "elements of strange types": (random) => ({
    bytes: graphOf(oneNode("Add", ["x", "w"], {
      w: [[1, 2 ** 30], [2, random.pick([14, 15, 17, 18, 21, 22, 23, 99])]],
    })),
    refusal: /element type/,
  }),
  "a small node that makes a large tensor": (random) => {
    const big = random.pick([2 ** 31, 2 ** 34, 2 ** 40]);
    const [type, inputs, constants] = random.pick<[string, string[], Record<string, ProtoFields>]>([
      ["ConstantOfShape", ["s"], { s: list(big, 4) }],
      ["Expand", ["x", "s"], { s: list(big, 2) }],
      ["Tile", ["x", "s"], { s: list(big) }],
      ["Range", ["a", "b", "d"], {
        a: int64s([], [0]),
        b: int64s([], [big]),
        d: int64s([], [1]),
      }],
      ["Pad", ["x", "s"], { s: list(big, big) }],
      ["OneHot", ["x", "depth", "v"], {
        depth: int64s([], [big]),
        v: float32s([2], [0, 1]),
      }],
      ["Resize", ["x", "", "", "s"], { s: list(big) }],
      ["HannWindow", ["n"], { n: int64s([], [big]) }],
      ["MelWeightMatrix", ["n", "n", "n", "f", "f"], {
        n: int64s([], [big]),
        f: float32s([], [1]),
      }],
      ["Upsample", ["x", "f"], { f: float32s([1], [big]) }],
    ]);
    return {
      bytes: graphOf(oneNode(type, inputs, constants)),
      refusal: /A run takes|2\^53|Upsample/,
    };
  },
  "tensors that double": (random) => {
    const n = random.integer(30, 60);
    const nodes = Array.from({ length: n }, (_, i): Field => [
      1,
      nodeOf("Concat", [i ? `n${i - 1}` : "x", i ? `n${i - 1}` : "x"], [`n${i}`], [[
        [1, "axis"],
        [20, 2],
        [3, 0],
      ]]),
    ]);
    return {
      bytes: graphOf([...nodes, [11, port("x", [2])], [12, port(`n${n - 1}`, ["a"])]]),
      refusal: /A run takes|2\^53/,
    };
  },
  "texts that double": (random) => {
    const n = random.integer(5, 30);
    const nodes = Array.from({ length: n }, (_, i): Field => [
      1,
      nodeOf("StringConcat", [i ? `n${i - 1}` : "x", i ? `n${i - 1}` : "x"], [`n${i}`]),
    ]);
    return {
      bytes: graphOf([...nodes, [11, port("x", [2], 8)], [12, port(`n${n - 1}`, [2], 8)]]),
      refusal: /StringConcat/,
    };
  },
  "loops in loops": (random) => {
    const [depth, trips] = [random.integer(2, 8), random.pick([10, 60, 1_000, 2 ** 40])];
    // What only moves data takes no operations, and would spin as well.
    const inner = random.pick(["Neg", "Identity"]);
    const isDear = 3_000 * trips ** depth > 1.2e12;
    return {
      bytes: graphOf(nestedLoops(depth, trips, inner)),
      refusal: depth > 7 ? /deep/ : isDear ? /A run takes|2\^53/ : null,
    };
  },
  "data moved about": (random) => {
    // A megabyte at a time, in loops: no operation, and hours.
    const trips = random.pick([1e7, 1e9]);
    const body: ProtoFields = [
      [1, nodeOf("Identity", ["go"], ["go_on"])],
      [1, nodeOf("Transpose", ["s"], ["t"])],
      [11, port("i", [], 7)],
      [11, port("go", [], 9)],
      [11, port("s", [512, 512])],
      [12, port("go_on", [], 9)],
      [12, port("t", [512, 512])],
    ];
    return {
      bytes: graphOf([
        [1, nodeOf("Loop", ["trips", "", "x"], ["y"], [graphAttribute("body", body)])],
        [2, "g"],
        [5, [...int64s([], [trips]), [8, "trips"]]],
        [11, port("x", [512, 512])],
        [12, port("y", [512, 512])],
      ]),
      refusal: /ms of an isolate's engine/,
    };
  },
  "a loop without a count": () => ({
    bytes: graphOf([
      [
        1,
        nodeOf("Loop", ["", "c", "x"], ["y"], [graphAttribute("body", [
          [1, nodeOf("Identity", ["go"], ["go_on"])],
          [1, nodeOf("Neg", ["s"], ["t"])],
          [11, port("i", [], 7)],
          [11, port("go", [], 9)],
          [11, port("s", [2])],
          [12, port("go_on", [], 9)],
          [12, port("t", [2])],
        ])]),
      ],
      [2, "g"],
      [11, port("x", [2])],
      [11, port("c", [], 9)],
      [12, port("y", [2])],
    ]),
    refusal: /it has no trip count/,
  }),
  "functions that call functions": (random) => {
    const [depth, calls] = [random.integer(3, 20), random.integer(20, 60)];
    return {
      bytes: graphOf([
        [1, nodeOf("f0", ["x"], ["y"], [], "bomb")],
        [2, "g"],
        [11, port("x", [2])],
        [12, port("y", [2])],
      ], functionBomb(depth, calls)),
      refusal: calls ** depth > 1e5 ? /too many|deep/ : null,
    };
  },
  "a function that calls itself": () => ({
    bytes: graphOf([
      [1, nodeOf("f0", ["x"], ["y"], [], "bomb")],
      [11, port("x", [2])],
      [12, port("y", [2])],
    ], [[25, [
      [1, "f0"],
      [4, "x"],
      [5, "y"],
      [7, nodeOf("f0", ["x"], ["y"], [], "bomb")],
      [9, [[1, ""], [2, OPSET]]],
      [10, "bomb"],
    ]]]),
    refusal: /deep/,
  }),
  "two graphs": (random) => ({
    bytes: graphOf(oneNode("Neg", ["x"], {}), [[7, oneNode("Abs", ["x"], {})]]).with(
      0,
      random.pick([8]),
    ),
    refusal: /comes twice/,
  }),
  "fields of another type": (random) => ({
    // A name as four bytes of fixed width: protobuf skips it, a careless reader does not.
    bytes: Uint8Array.from([
      ...encode([[1, 8], [8, [[1, ""], [2, OPSET]]]]),
      ...[0x3a, 7, 0x0a, 5, random.pick([0x0d, 0x15, 0x25]), 97, 98, 99, 100],
    ]),
    refusal: /another type/,
  }),
  "forged marks of the skeleton": () => ({
    bytes: graphOf(oneNode("Add", ["x", "w"], { w: [[1, 2 ** 30], [2, 1], [1009, 2 ** 32]] })),
    refusal: /is none of ONNX/,
  }),
  "sparse constants": (random) => ({
    bytes: graphOf([
      ...oneNode("Neg", ["x"], {}),
      ...random.chance(0.5) ? [[15, [[3, 2 ** 40]]] as const] : [
        [
          1,
          nodeOf("Constant", [], ["k"], [attribute("sparse_value", 11, 22, [[3, 4]])]),
        ] as const,
      ],
    ]),
    refusal: /sparse/,
  }),
  sequences: (random) => ({
    bytes: graphOf([
      [1, nodeOf(random.pick(["SequenceAt", "OptionalGetElement"]), ["x"], ["y"])],
      [11, [[1, "x"], [2, [[random.pick([4, 5, 8, 9]), [[1, tensorType([2])]]]]]]],
      [12, port("y", [2])],
    ]),
    refusal: /only tensors/,
  }),
  "operators of nobody": (random) => ({
    bytes: graphOf([
      [
        1,
        nodeOf(
          random.pick(["toString", "__proto__", "constructor", "\u0007\u001b[2J"]),
          ["x"],
          ["y"],
          [],
          random.pick(["", "com.microsoft", "\u202e"]),
        ),
      ],
      [11, port("x", [2])],
      [12, port("y", [2])],
    ]),
    refusal: /does not cover/,
  }),
  "wild operator sets": (random) => ({
    bytes: encode([
      [1, random.pick([8, 99])],
      [7, oneNode("Neg", ["x"], {})],
      [8, [[1, ""], [2, random.pick([0, 27, 1_000, 2 ** 40])]]],
    ]),
    refusal: /operator set|which opset|IR version/,
  }),
  "many nodes": (random) => {
    const n = random.pick([9_000, 30_000]);
    const nodes = Array.from(
      { length: n },
      (_, i): Field => [1, nodeOf("Neg", [i ? `n${i - 1}` : "x"], [`n${i}`])],
    );
    return {
      bytes: graphOf([...nodes, [11, port("x", ["N"])], [12, port(`n${n - 1}`, ["N"])]]),
      refusal: n > 10_000 ? /more than \d+ nodes/ : null,
    };
  },
  "one node of many inputs": (random) => {
    const n = random.pick([4_000, 50_000]);
    return {
      bytes: graphOf([
        [1, nodeOf("Sum", Array(n).fill("x"), ["y"])],
        [11, port("x", [2])],
        [12, port("y", [2])],
      ]),
      refusal: n > 4_096 ? /inputs or outputs/ : null,
    };
  },
  "many names": (random) => {
    const n = random.integer(65, 5_000);
    return {
      bytes: graphOf([
        [1, nodeOf("Neg", ["x0"], ["y"])],
        ...Array.from({ length: n }, (_, i): Field => [11, port(`x${i}`, ["N"])]),
        [12, port("y", ["N"])],
      ]),
      refusal: /inputs: at most/,
    };
  },
  "long names": (random) => ({
    bytes: graphOf([
      [1, nodeOf("Neg", ["x"], ["y".repeat(random.integer(1_000, 200_000))])],
      [11, port("x", [2])],
      [12, port("y".repeat(200), [2])],
    ]),
    refusal: /./,
  }),
  "many attributes": (random) => {
    const attributes = Array.from({ length: random.integer(1_000, 5_000) }, (_, i): ProtoFields => [
      [1, `a${i}`],
      [20, 2],
      [3, i],
    ]);
    return {
      bytes: graphOf([
        [1, nodeOf("Neg", ["x"], ["y"], attributes)],
        [11, port("x", [2])],
        [12, port("y", [2])],
      ]),
      refusal: null,
    };
  },
  "weights as single fields": (random) => {
    // Each element its own field, of two bytes.
    const n = random.integer(510_000, 700_000);
    const tensor = new Uint8Array(2 * n).map((_, i) => i % 2 === 0 ? 0x28 : 1);
    const head = encode([[1, n], [2, 6]]);
    const bytes = encode([[1, 8], [8, [[1, ""], [2, OPSET]]], [7, [[
      5,
      Uint8Array.from([
        ...head,
      ]),
    ]]]]);
    const whole = new Uint8Array(bytes.length + tensor.length);
    whole.set(bytes);
    whole.set(tensor, bytes.length);
    return { bytes: whole, refusal: /fields/ };
  },
};

/** All kinds, in the order in which they come. */
export const HOSTILE_KINDS = Object.keys(KINDS);

/** @param seed of the case: each kind comes in its turn */
export function hostileModel(seed: number, random: Random): HostileModel {
  const kind = HOSTILE_KINDS[seed % HOSTILE_KINDS.length];
  return { kind, ...KINDS[kind](random) };
}
