/**
 * Writes ONNX files for tests: any operator, any attribute, with the encoder of the built-in models.
 *
 * ```ts
 * const file = onnxFile({
 *   inputs: { x: [1, 3, "H", "W"] },
 *   constants: { w: floats([8, 3, 3, 3], random) },
 *   nodes: [node("Conv", "x w", "y", { pads: [1, 1, 1, 1] })],
 *   outputs: ["y"],
 * });
 * ```
 * @module
 */

import { encode, type Field, type ProtoFields } from "../../../models/graph/protobuf.ts";
import { product } from "../../../models/operations/operation-count.ts";
import type { Random } from "../../support/random.ts";

/** A float attribute: a whole number could be meant as an integer. */
export class Float {
  constructor(readonly value: number) {}
}

export type AttributeValue = number | Float | string | readonly number[] | ProtoFields;

export interface TestNode {
  type: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, AttributeValue>;
  domain?: string;
}

export interface TestGraph {
  opset?: number;
  /** All float32. */
  inputs: Record<string, readonly (number | string)[]>;
  /** TensorProto without its name. */
  constants?: Record<string, ProtoFields>;
  nodes: readonly TestNode[];
  outputs: readonly string[];
}

const OPSET = 20;

/** @param inputs names with spaces between them; "_" is one that is left out */
export function node(
  type: string,
  inputs: string,
  outputs: string,
  attributes: TestNode["attributes"] = {},
): TestNode {
  const names = (text: string) =>
    text.split(" ").filter(Boolean).map((name) => name === "_" ? "" : name);
  return { type, inputs: names(inputs), outputs: names(outputs), attributes };
}

export function onnxFile(graph: TestGraph): Uint8Array<ArrayBuffer> {
  const { opset = OPSET, inputs, constants = {}, nodes, outputs } = graph;
  return encode([
    [1, 8],
    [7, [
      ...nodes.map((one): Field => [1, nodeProto(one)]),
      [2, "test"],
      ...Object.entries(constants).map(([name, tensor]): Field => [5, [...tensor, [8, name]]]),
      ...Object.entries(inputs).map(([name, dims]): Field => [11, valueInfo(name, dims)]),
      ...outputs.map((name): Field => [12, [[1, name]]]),
    ]],
    [8, [[1, ""], [2, opset]]],
  ]);
}

export const int64s = (dims: readonly number[], values: readonly number[]): ProtoFields => [
  ...dims.map((dim): Field => [1, dim]),
  [2, 7],
  [9, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)],
];

/** A list of integers, as axes and shapes are given. */
export const list = (...values: number[]): ProtoFields => int64s([values.length], values);

export const float32s = (dims: readonly number[], values: readonly number[]): ProtoFields => [
  ...dims.map((dim): Field => [1, dim]),
  [2, 1],
  [9, new Uint8Array(Float32Array.from(values).buffer)],
];

/** Weights. */
export const floats = (dims: readonly number[], random: Random): ProtoFields =>
  float32s(dims, Array.from({ length: product(dims) }, () => random.between(-1, 1)));

function nodeProto({ type, inputs, outputs, attributes, domain }: TestNode): ProtoFields {
  return [
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, type],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attributeProto(name, value)]),
    ...(domain ? [[7, domain] as const] : []),
  ];
}

function attributeProto(name: string, value: AttributeValue): Uint8Array {
  if (typeof value === "number") return joined(encode([[1, name], [20, 2]]), int(3, value));
  if (typeof value === "string") return encode([[1, name], [20, 3], [4, value]]);
  if (value instanceof Float) {
    const bytes = new Uint8Array(Float32Array.of(value.value).buffer);
    return joined(encode([[1, name], [20, 1]]), Uint8Array.of(2 << 3 | 5), bytes);
  }
  if (value.every((one) => typeof one === "number")) {
    return joined(encode([[1, name], [20, 7]]), ...value.map((n) => int(8, n)));
  }
  return encode([[1, name], [20, 4], [5, value as ProtoFields]]);
}

/** An integer that may be negative, which the built-in models have none of. */
function int(field: number, value: number): Uint8Array {
  const bytes = [field << 3];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function valueInfo(name: string, dims: readonly (number | string)[]): ProtoFields {
  const shape = dims.map((dim): Field => [1, [typeof dim === "number" ? [1, dim] : [2, dim]]]);
  return [[1, name], [2, [[1, [[1, 1], [2, shape]]]]]];
}
