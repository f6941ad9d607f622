/**
 * Reads an ONNX file: ModelProto down to nodes, constants, inputs and outputs.
 * Not its job: what an operator means (see operators.ts). Functions, subgraphs and sparse constants
 * are not read: a model that uses them is refused where it does.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3
 * @module
 */

import { ProtoReader } from "./message.ts";
import { ModelError, quoted } from "./model-error.ts";
import type { TensorFact } from "./tensor.ts";
import { readTensor, tensorName } from "./tensor-proto.ts";

export type Attribute = number | string | readonly number[] | TensorFact;

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

export interface ModelPort {
  readonly name: string;
  /** TensorProto.DataType; 0 where the file does not say. */
  readonly type: number;
  /** Null as a whole where the rank is open, one by one where a size is free and has no name. */
  readonly dims: readonly (number | string | null)[] | null;
}

export interface Model {
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly nodes: readonly ModelNode[];
  readonly constants: ReadonlyMap<string, TensorFact>;
  /** Without those that have a constant as their default. */
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
}

export function readModel(onnx: Uint8Array): Model {
  const proto = new ProtoReader(onnx, "ModelProto");
  const graph = proto.message(7, "GraphProto");
  if (!graph) throw new ModelError("Not an ONNX file, or a broken one: it holds no graph");
  if (graph.has(15)) throw new ModelError("The model has sparse constants, which are not read");
  const constants = new Map(
    graph.messages(5, "TensorProto").map((tensor) => [tensorName(tensor), readTensor(tensor)]),
  );
  const nodes = graph.messages(1, "NodeProto").map(readNode);
  const inputs = graph.messages(11, "ValueInfoProto").map(readPort);
  return {
    opset: opsetOf(proto),
    nodes,
    constants,
    // Before IR version 4 every constant had to be among the inputs, too.
    inputs: inputs.filter((input) => !constants.has(input.name)),
    outputs: graph.messages(12, "ValueInfoProto").map(readOutput),
  };
}

function opsetOf(proto: ProtoReader): number {
  const sets = proto.messages(8, "OperatorSetIdProto");
  const opset = sets.find((set) => isOnnx(set.text(1)))?.integer(2);
  if (opset === undefined) throw new ModelError("The model does not say which opset it uses");
  return opset;
}

const isOnnx = (domain: string): boolean => domain === "" || domain === "ai.onnx";

function readNode(proto: ProtoReader): ModelNode {
  const domain = proto.text(7);
  const type = proto.text(4);
  const attributes = proto.messages(5, "AttributeProto");
  return {
    name: proto.text(3),
    type: isOnnx(domain) ? type : `${domain}.${type}`,
    inputs: proto.texts(1),
    outputs: proto.texts(2),
    attributes: Object.fromEntries(attributes.map((one) => [one.text(1), readAttribute(one)])),
  };
}

/** By AttributeProto.AttributeType. */
function readAttribute(proto: ProtoReader): Attribute | null {
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
    case 6:
      return floats(proto, 7);
    case 7:
      return proto.integers(8);
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

/** The types of outputs follow from the graph: some files leave them out. */
const readOutput = (proto: ProtoReader): ModelPort =>
  proto.has(2) ? readPort(proto) : { name: proto.text(1), type: 0, dims: null };

function readPort(proto: ProtoReader): ModelPort {
  const name = proto.text(1);
  const tensor = proto.message(2, "TypeProto")?.message(1, "TypeProto.Tensor");
  if (!tensor) throw new ModelError(`Input ${quoted(name)} is no tensor`);
  const shape = tensor.message(2, "TensorShapeProto");
  const dims = shape?.messages(1, "Dimension").map((dim) => {
    const size = dim.integer(1);
    // Some exporters write -1 for a free size.
    return size !== undefined && size >= 0 ? size : dim.text(2) || null;
  });
  return { name, type: tensor.integer(1) ?? 0, dims: dims ?? null };
}
