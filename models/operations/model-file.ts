/**
 * Reads an ONNX file: ModelProto down to nodes, constants, inputs and outputs, subgraphs and functions.
 * Not its job: what an operator means (see operators.ts). Sparse constants are not read: a model that
 * uses them is refused.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto3
 * @module
 */

import { ProtoReader } from "./message.ts";
import { ModelError, quoted } from "./model-error.ts";
import { type ModelPort, readPort } from "./model-port.ts";
import type { TensorFact } from "./tensor.ts";
import { readTensor, tensorName } from "./tensor-proto.ts";

/** Graphs within graphs, and functions within functions: those who read them recurse. */
export const DEPTH_MAX = 8;

/** An attribute of a function's node that stands for one of the function's own. */
export interface Reference {
  readonly refers_to: string;
}

/** Of texts only their number matters to a shape. */
export interface TextList {
  readonly texts: number;
}

export type Attribute =
  | number
  | string
  | readonly number[]
  | TextList
  | TensorFact
  | ModelGraph
  | Reference;

export interface ModelNode {
  /** As the file calls it; often nothing. */
  readonly name: string;
  /** With its domain before it, unless that is ONNX's own. */
  readonly type: string;
  /** "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Null where the attribute is of a kind that is not read. */
  readonly attributes: Readonly<Record<string, Attribute | null>>;
}

export interface ModelGraph {
  readonly nodes: readonly ModelNode[];
  readonly constants: ReadonlyMap<string, TensorFact>;
  /** Without those that have a constant as their default. */
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
}

export interface ModelFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly ModelNode[];
  /** Defaults of its attributes. */
  readonly attributes: Readonly<Record<string, Attribute | null>>;
  readonly opset: number;
}

export interface Model extends ModelGraph {
  /** Version of ONNX's own operators; 0 where the file does not say. */
  readonly opset: number;
  /** Of all domains. */
  readonly opsets: ReadonlyMap<string, number>;
  /** By the type of the nodes that call them. */
  readonly functions: ReadonlyMap<string, ModelFunction>;
  readonly ir_version: number;
  readonly metadata: ReadonlyMap<string, string>;
}

export function readModel(onnx: Uint8Array): Model {
  const proto = new ProtoReader(onnx, "ModelProto");
  const graph = proto.message(7, "GraphProto");
  if (!graph) throw new ModelError("Not an ONNX file, or a broken one: it holds no graph");
  const read = readGraph(graph, 0);
  const opsets = readOpsets(proto.messages(8, "OperatorSetIdProto"));
  const functions = proto.messages(25, "FunctionProto").map((one) => readFunction(one, opsets));
  return {
    ...read,
    opset: opsets.get("") ?? 0,
    opsets,
    functions: unique(functions, "function"),
    ir_version: proto.integer(1) ?? 0,
    metadata: new Map(
      proto.messages(14, "StringStringEntryProto").map((one) => [one.text(1), one.text(2)]),
    ),
  };
}

/** @param depth of the graph: 0 for the model's own */
function readGraph(graph: ProtoReader, depth: number): ModelGraph {
  if (depth > DEPTH_MAX) fail(`Graphs stand within graphs, more than ${DEPTH_MAX} deep`);
  if (graph.has(15)) fail("The model has sparse constants, which are not read");
  const constants = unique(
    graph.messages(5, "TensorProto").map((one) => [tensorName(one), readTensor(one)] as const),
    "constant",
  );
  const inputs = graph.messages(11, "ValueInfoProto").map((one) => readPort(one, "Input"));
  return {
    constants,
    nodes: graph.messages(1, "NodeProto").map((one) => readNode(one, depth)),
    // Before IR version 4 every constant had to be among the inputs, too.
    inputs: inputs.filter((input) => !constants.has(input.name)),
    outputs: graph.messages(12, "ValueInfoProto").map((one) => readPort(one, "Output")),
  };
}

function readOpsets(sets: readonly ProtoReader[]): Map<string, number> {
  const entries = sets.map((set) => {
    const domain = set.text(1);
    return [isOnnx(domain) ? "" : domain, set.integer(2) ?? 0] as const;
  });
  return unique(entries, "operator set");
}

const isOnnx = (domain: string): boolean => domain === "" || domain === "ai.onnx";

const typeOf = (domain: string, type: string): string =>
  isOnnx(domain) ? type : `${domain}.${type}`;

function readFunction(
  proto: ProtoReader,
  opsets: ReadonlyMap<string, number>,
): readonly [string, ModelFunction] {
  const own = readOpsets(proto.messages(9, "OperatorSetIdProto"));
  return [typeOf(proto.text(10), proto.text(1)), {
    inputs: proto.texts(4),
    outputs: proto.texts(5),
    nodes: proto.messages(7, "NodeProto").map((one) => readNode(one, 0)),
    attributes: readAttributes(proto.messages(11, "AttributeProto"), 0),
    opset: own.get("") ?? opsets.get("") ?? 0,
  }];
}

function readNode(proto: ProtoReader, depth: number): ModelNode {
  return {
    name: proto.text(3),
    type: typeOf(proto.text(7), proto.text(4)),
    inputs: proto.texts(1),
    outputs: proto.texts(2),
    attributes: readAttributes(proto.messages(5, "AttributeProto"), depth),
  };
}

function readAttributes(
  protos: readonly ProtoReader[],
  depth: number,
): Record<string, Attribute | null> {
  const entries = protos.map((one) => [one.text(1), readAttribute(one, depth)] as const);
  return Object.fromEntries(unique(entries, "attribute"));
}

/** By AttributeProto.AttributeType. */
function readAttribute(proto: ProtoReader, depth: number): Attribute | null {
  if (proto.has(21)) return { refers_to: proto.text(21) };
  switch (proto.integer(20)) {
    case 1:
      return floats(proto, 2)[0] ?? 0;
    case 2:
      return proto.integer(3) ?? 0;
    case 3:
      return proto.text(4);
    case 4: {
      const tensor = proto.message(5, "TensorProto");
      return tensor ? readTensor(tensor) : null;
    }
    case 5: {
      const graph = proto.message(6, "GraphProto");
      return graph ? readGraph(graph, depth + 1) : null;
    }
    case 6:
      return floats(proto, 7);
    case 7:
      return proto.integers(8);
    case 8:
      return { texts: proto.texts(9).length };
    default:
      return null;
  }
}

function floats(proto: ProtoReader, field: number): number[] {
  const bytes = proto.allBytes(field);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: Math.floor(bytes.length / 4) },
    (_, i) => view.getFloat32(4 * i, true),
  );
}

/** Two of one name are two models in one file: whichever we read, an engine may read the other. */
function unique<T>(entries: readonly (readonly [string, T])[], what: string): Map<string, T> {
  const map = new Map(entries);
  if (map.size === entries.length) return map;
  const seen = new Set<string>();
  const twice = entries.find(([name]) => seen.size === seen.add(name).size)!;
  return fail(`There are two of ${what} ${quoted(twice[0])}`);
}

function fail(why: string): never {
  throw new ModelError(why);
}
