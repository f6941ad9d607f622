/**
 * How long ONNX Runtime's WebAssembly takes for runs of one operator, beside what is estimated of them
 * before they run (models/operations/engine-time.ts): an uploaded model is let into a sandbox by the estimate.
 * CPU time of this process, the best of three after a warm-up: others on the machine do not count.
 */
import process from "node:process";
import * as ort from "onnxruntime-web/wasm";
import { encode, type Field, type ProtoFields } from "../models/graph/protobuf.ts";
import { countModel } from "../models/operations/count-operations.ts";
import { readModel } from "../models/operations/model-file.ts";
import { product } from "../models/operations/operation-count.ts";
import type { Report } from "./timing.ts";

interface Case {
  what: string;
  /** In their order; each takes what the one before it gave, as often as `inputs` says. */
  nodes: { type: string; inputs?: number; weights?: number[][]; attributes?: [string, number][] }[];
  shape: number[];
}

const repeated = (type: string, times: number, inputs = 1) =>
  Array.from({ length: times }, () => ({ type, inputs }));

const cases = (size: number): Case[] => [
  { what: "Add", nodes: repeated("Add", 8, 2), shape: [size * size] },
  { what: "Relu", nodes: repeated("Relu", 8), shape: [size * size] },
  { what: "Exp", nodes: repeated("Exp", 4), shape: [size * size] },
  { what: "Sigmoid", nodes: repeated("Sigmoid", 4), shape: [size * size] },
  { what: "Erf", nodes: repeated("Erf", 4), shape: [size * size] },
  { what: "Softplus", nodes: repeated("Softplus", 4), shape: [size * size] },
  { what: "Pow", nodes: repeated("Pow", 2, 2), shape: [size * size] },
  { what: "Softmax", nodes: [{ type: "Softmax" }], shape: [size, size] },
  { what: "MatMul, square", nodes: repeated("MatMul", 2, 2), shape: [size / 2, size / 2] },
  {
    what: "MatMul, 8 x 8",
    nodes: [{ type: "MatMul", inputs: 2 }],
    shape: [size * size / 64, 8, 8],
  },
  {
    what: "Conv, 64 channels, 3 x 3",
    nodes: [{ type: "Conv", weights: [[64, 64, 3, 3]] }],
    shape: [1, 64, size / 16, size / 16],
  },
  {
    what: "Conv, 64 groups of one channel, 3 x 3",
    nodes: [{ type: "Conv", weights: [[64, 1, 3, 3]], attributes: [["group", 64]] }],
    shape: [1, 64, size / 8, size / 8],
  },
  { what: "Transpose", nodes: [{ type: "Transpose" }], shape: [size, size] },
  {
    what: "Concat",
    nodes: [{ type: "Concat", inputs: 2, attributes: [["axis", 1]] }],
    shape: [size, size],
  },
  {
    what: "Cast to texts and back",
    nodes: [
      { type: "Cast", attributes: [["to", 8]] },
      { type: "Cast", attributes: [["to", 1]] },
    ],
    shape: [size * 16],
  },
  { what: "2,000 nodes of one element", nodes: repeated("Sin", 2_000), shape: [1] },
];

function fileOf({ nodes, shape }: Case): Uint8Array {
  const weights: Field[] = [];
  const name = (at: number) => at === 0 ? "x" : at === nodes.length ? "y" : `t${at}`;
  const made = nodes.map(({ type, inputs = 1, weights: own = [], attributes = [] }, i): Field => {
    const names = own.map((dims, k) => {
      const weight = `w${i}_${k}`;
      const data = new Uint8Array(new Float32Array(product(dims)).fill(0.01).buffer);
      weights.push([5, [...dims.map((dim): Field => [1, dim]), [2, 1], [8, weight], [9, data]]]);
      return weight;
    });
    return [1, [
      ...[...Array.from({ length: inputs }, () => name(i)), ...names].map((one): Field => [1, one]),
      [2, name(i + 1)],
      [4, type],
      ...attributes.map(([key, value]): Field => [5, [[1, key], [3, value], [20, 2]]]),
    ]];
  });
  const dims: ProtoFields = shape.map((dim): Field => [1, [[1, dim]]]);
  const port = (of: string, fields: ProtoFields): ProtoFields => [[1, of], [2, [[1, fields]]]];
  return encode([[1, 8], [7, [
    ...made,
    [2, "bench"],
    ...weights,
    [11, port("x", [[1, 1], [2, dims]])],
    [12, port("y", [[1, 1]])],
  ]], [8, [[1, ""], [2, 20]]]]);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** @returns measured CPU time of one run */
async function timeOf(file: Uint8Array, shape: number[]): Promise<number> {
  const session = await ort.InferenceSession.create(file, { enableMemPattern: false });
  const data = Float32Array.from({ length: product(shape) }, (_, i) => 1 + i % 1000 / 1e3);
  const feeds = { x: new ort.Tensor("float32", data, shape) };
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    const from = cpuMs();
    await session.run(feeds);
    if (round > 0) best = Math.min(best, cpuMs() - from);
  }
  await session.release();
  return best;
}

export async function benchEngineTime({ small }: { small: boolean }): Promise<Report> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await Deno.readFile(
    new URL("./ort-wasm-simd-threaded.wasm", import.meta.resolve("onnxruntime-web/wasm")),
  ).then(({ buffer }) => buffer);
  const lines = [];
  for (const one of cases(small ? 128 : 1_024)) {
    const file = fileOf(one);
    const estimated = countModel(readModel(file), { x: one.shape }).engine_ns / 1e6;
    const measured = await timeOf(file, one.shape);
    lines.push({
      what: `${one.what}, [${one.shape.join(", ")}]`,
      measured: `${measured.toFixed(1)} ms`,
      target: `${estimated.toFixed(1)} ms`,
      holds: measured <= estimated,
    });
  }
  return { title: "Runs in a sandbox's engine: CPU time, and what is estimated of it", lines };
}
