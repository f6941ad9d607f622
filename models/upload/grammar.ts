/**
 * Which messages of an ONNX file the skeleton goes into, what of them it keeps, and what it refuses.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto3
 * @module
 */

/** Wire types that a field may have: with another one, protobuf would not read what we read. */
type Wires = readonly number[];
const NUMBER: Wires = [0];
const NUMBERS: Wires = [0, 2];
const FLOAT: Wires = [5];
const BYTES: Wires = [2];

/** How the elements in a field stand in the file, so that they can be counted without being kept. */
export type Elements = "bytes" | "varint" | "fixed4" | "fixed8" | "texts";

/** Wire types of such a field. */
export const ELEMENT_WIRES: Readonly<Record<Elements, Wires>> = {
  bytes: BYTES,
  texts: BYTES,
  varint: NUMBERS,
  fixed4: [2, 5],
  fixed8: [1, 2],
};

/** A message of the file. */
export interface MessageKind {
  readonly what: string;
  /** Fields that are messages which may hold weights, nodes or graphs. */
  readonly inside?: Readonly<Record<number, string>>;
  /** Those of them that come once at most: a reader that takes the last one would not read what runs. */
  readonly once?: readonly number[];
  /** Fields that are copied as they are. All others are dropped: nothing that runs reads them. */
  readonly keep: Readonly<Record<number, Wires>>;
  /** Fields of elements, which are dropped where they are many. */
  readonly elements?: Readonly<Record<number, Elements>>;
  /** Fields that no accepted file has, and what to call them. */
  readonly refuse?: Readonly<Record<number, string>>;
}

const SPARSE = "sparse constants, which are not read";

/** By the names that `inside` uses. */
export const GRAMMAR: Readonly<Record<string, MessageKind>> = {
  Model: {
    what: "ModelProto",
    inside: { 7: "Graph", 25: "Function" },
    once: [7],
    keep: { 1: NUMBER, 8: BYTES, 14: BYTES },
  },
  Graph: {
    what: "GraphProto",
    inside: { 1: "Node", 5: "Tensor" },
    keep: { 2: BYTES, 11: BYTES, 12: BYTES },
    refuse: { 15: SPARSE },
  },
  Node: {
    what: "NodeProto",
    inside: { 5: "Attribute" },
    keep: { 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 7: BYTES, 8: BYTES },
  },
  Attribute: {
    what: "AttributeProto",
    inside: { 5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph" },
    once: [5, 6],
    keep: {
      1: BYTES,
      2: FLOAT,
      3: NUMBER,
      4: BYTES,
      9: BYTES,
      14: BYTES,
      20: NUMBER,
      21: BYTES,
    },
    elements: { 7: "fixed4", 8: "varint" },
    refuse: { 22: SPARSE, 23: SPARSE },
  },
  Tensor: {
    what: "TensorProto",
    keep: { 1: NUMBERS, 2: NUMBER, 3: BYTES, 8: BYTES, 14: NUMBER },
    elements: {
      4: "fixed4",
      5: "varint",
      6: "texts",
      7: "varint",
      9: "bytes",
      10: "fixed8",
      11: "varint",
    },
    refuse: { 13: "external data: put the weights into the file" },
  },
  Function: {
    what: "FunctionProto",
    inside: { 7: "Node", 11: "Attribute" },
    keep: { 1: BYTES, 4: BYTES, 5: BYTES, 6: BYTES, 9: BYTES, 10: BYTES, 13: BYTES },
  },
};
