/**
 * Writes a graph as an ONNX file: ModelProto of onnx.proto3, IR version 8, opset 17.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto3
 * @module
 */

import type { TensorOutline } from "../outline.ts";
import type { Graph, GraphNode, Initializer } from "./graph.ts";
import { type AttributeValue, ONNX_TYPES, type OnnxDatatype } from "./operators.ts";
import { encode, type Field, type ProtoFields } from "./protobuf.ts";

// The pair that ONNX 1.12 introduced; later opsets add nothing that these graphs need.
const IR_VERSION = 8;
const OPSET = 17;

/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const INTS = 7;

export function onnx(graph: Graph): Uint8Array<ArrayBuffer> {
  const { outline } = graph;
  return encode([
    [1, IR_VERSION],
    [2, "perigee"],
    [5, Number(outline.version)],
    [6, outline.description],
    [7, [
      ...graph.nodes.map((node) => [1, nodeProto(node)] as const),
      [2, outline.name],
      ...graph.initializers.map((initializer) => [5, tensorProto(initializer)] as const),
      ...outline.inputs.map((port) => [11, valueInfoProto(port)] as const),
      ...outline.outputs.map((port) => [12, valueInfoProto(port)] as const),
    ]],
    [8, [[1, ""], [2, OPSET]]],
  ]);
}

function nodeProto({ type, inputs, outputs, attributes }: GraphNode): ProtoFields {
  return [
    ...inputs.map((name) => [1, name] as const),
    ...outputs.map((name) => [2, name] as const),
    [3, outputs[0]],
    [4, type],
    ...Object.entries(attributes).map(([name, value]) => [5, attributeProto(name, value)] as const),
  ];
}

function attributeProto(name: string, value: AttributeValue): ProtoFields {
  if (typeof value === "number") return [[1, name], [3, value], [20, INT]];
  return "float" in value
    ? [[1, name], [2, { fixed32: raw("FP32", [value.float]) }], [20, FLOAT]]
    : [[1, name], ...value.map((n) => [8, n] as const), [20, INTS]];
}

function tensorProto({ name, datatype, dims, values }: Initializer): ProtoFields {
  return [
    ...dims.map((dim) => [1, dim as number] as const),
    [2, ONNX_TYPES[datatype]],
    [8, name],
    [9, raw(datatype, values)],
  ];
}

/** Little-endian, as raw_data wants it and as every machine that runs Deno has it. */
function raw(datatype: OnnxDatatype, values: readonly number[]): Uint8Array {
  switch (datatype) {
    case "FP32":
      return new Uint8Array(Float32Array.from(values).buffer);
    case "INT32":
      return new Uint8Array(Int32Array.from(values).buffer);
    case "INT64":
      return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    case "UINT8":
    case "BOOL":
      return Uint8Array.from(values);
  }
}

function valueInfoProto(port: TensorOutline): ProtoFields {
  const shape = port.dims.map((dim): Field => [1, [typeof dim === "number" ? [1, dim] : [2, dim]]]);
  const elements = ONNX_TYPES[port.datatype as OnnxDatatype];
  return [[1, port.name], [2, [[1, [[1, elements], [2, shape]]]]]];
}
