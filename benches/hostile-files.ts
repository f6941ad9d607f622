/**
 * Model files that are meant to hold an isolate up while it reads and inspects them. Each is small beside what
 * an upload may be, and all the work that it can make of itself.
 * @module
 */
import { encode, type Field, type ProtoFields } from "../models/graph/protobuf.ts";

export interface HostileFile {
  what: string;
  make(): Uint8Array<ArrayBuffer>;
}

const FLOAT = 1;
const dims = (names: readonly string[]): ProtoFields => [[
  1,
  [[1, FLOAT], [2, names.map((name): Field => [1, [[2, name]]])]],
]];

const file = (graph: ProtoFields): Uint8Array<ArrayBuffer> =>
  encode([[1, 8], [7, graph], [8, [[1, ""], [2, 17]]]]);

const port = (name: string, free: readonly string[]): ProtoFields => [[1, name], [2, dims(free)]];

const chain = (nodes: number, free: readonly string[]): Uint8Array<ArrayBuffer> =>
  file([
    ...Array.from({ length: nodes }, (_, i): Field => [1, [
      [1, i === 0 ? "x" : `t${i - 1}`],
      [2, `t${i}`],
      [4, "Neg"],
    ]]),
    [2, "g"],
    [11, port("x", free)],
    [12, port(`t${nodes - 1}`, free)],
  ]);

export const HOSTILE_FILES: readonly HostileFile[] = [
  {
    what: "9,990 nodes with four free sizes",
    make: () => chain(9_990, ["A", "B", "C", "D"]),
  },
  {
    what: "1,000 nodes with eight free sizes",
    make: () => chain(1_000, ["A", "B", "C", "D", "E", "F", "G", "H"]),
  },
  {
    what: "200,000 nodes, 4 MB",
    make: () => chain(200_000, ["A"]),
  },
  {
    what: "3 million empty fields, 6 MB",
    make: () => new Uint8Array(6e6).map((_, i) => i % 2 === 0 ? 0x12 : 0),
  },
  {
    what: "60 MB of noise in a weight that promises more",
    make: () =>
      file([
        [1, [[1, "x"], [1, "w"], [2, "y"], [4, "Add"]]],
        [2, "g"],
        [5, [[1, 2 ** 24], [2, FLOAT], [8, "w"], [9, new Uint8Array(60e6).fill(7)]]],
        [11, port("x", ["N"])],
        [12, port("y", ["N"])],
      ]),
  },
];
