/**
 * Reads the ONNX project's backend tests: a folder of each has a model, inputs, and what must come out.
 * Debian has them as libonnx-testdata, 1,072 of ONNX 1.12: `apt-get install libonnx-testdata`.
 * @module
 */

import { type Datatype, ELEMENT_ARRAYS, type Tensor } from "../../contract/tensor.ts";
import { ProtoReader } from "../../models/operations/message.ts";

/** Where Debian puts them. */
export const NODE_TESTS = "/usr/share/libonnx-testdata/data";

const GROUPS = ["node", "pytorch-converted", "pytorch-operator", "simple"];

export interface NodeTest {
  /** Unique: `node/test_abs`. */
  name: string;
  model: Uint8Array<ArrayBuffer>;
  /** Null where a file is no tensor: a sequence, an optional. */
  inputs: Tensor[] | null;
  outputs: Tensor[] | null;
}

export function hasNodeTests(): boolean {
  try {
    return Deno.statSync(NODE_TESTS).isDirectory;
  } catch {
    return false;
  }
}

/** Names of all tests, in order. */
export function nodeTestNames(): string[] {
  return GROUPS.flatMap((group) =>
    [...Deno.readDirSync(`${NODE_TESTS}/${group}`)].map(({ name }) => `${group}/${name}`)
  ).sort();
}

/** Reads one test, with its first set of data. */
export function readNodeTest(name: string): NodeTest {
  const folder = `${NODE_TESTS}/${name}`;
  return {
    name,
    model: Deno.readFileSync(`${folder}/model.onnx`),
    inputs: readTensors(`${folder}/test_data_set_0`, "input"),
    outputs: readTensors(`${folder}/test_data_set_0`, "output"),
  };
}

function readTensors(folder: string, role: string): Tensor[] | null {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith(`${role}_`));
  const tensors = names.map((_, i) => readTensor(Deno.readFileSync(`${folder}/${role}_${i}.pb`)));
  return tensors.every((tensor) => tensor !== null) ? tensors : null;
}

/** By TensorProto.DataType: the datatype, and the field where raw_data does not hold the elements. */
const TYPES: Readonly<Record<number, readonly [Datatype, number]>> = {
  1: ["FP32", 4],
  2: ["UINT8", 5],
  3: ["INT8", 5],
  4: ["UINT16", 5],
  5: ["INT16", 5],
  6: ["INT32", 5],
  7: ["INT64", 7],
  8: ["BYTES", 6],
  9: ["BOOL", 5],
  10: ["FP16", 5],
  11: ["FP64", 10],
  12: ["UINT32", 11],
  13: ["UINT64", 11],
};

/** @returns null where the bytes are no tensor of a datatype that we have */
function readTensor(bytes: Uint8Array): Tensor | null {
  try {
    const proto = new ProtoReader(bytes, "TensorProto");
    const [datatype, field] = TYPES[proto.integer(2) ?? 0] ?? [];
    if (!datatype || !field) return null;
    const base = { name: proto.text(8), datatype, shape: proto.integers(1) };
    if (datatype === "BYTES") {
      // Copied: a file's bytes are not kept for its texts.
      const count = base.shape.reduce((n, size) => n * size, 1);
      const encoder = new TextEncoder();
      const data = proto.texts(field).slice(0, count).map((text) => encoder.encode(text));
      return { ...base, data };
    }
    const Elements = ELEMENT_ARRAYS[datatype];
    const isFixed = proto.has(9) || datatype === "FP32" || datatype === "FP64";
    if (!isFixed) {
      const numbers = proto.integers(field);
      const isBig = datatype === "INT64" || datatype === "UINT64";
      const data = new Elements(numbers.length);
      // Numbers or bigints, as the array wants them; the compiler cannot know.
      data.set((isBig ? numbers.map(BigInt) : numbers) as never);
      return { ...base, data };
    }
    const raw = proto.allBytes(proto.has(9) ? 9 : field).slice();
    return { ...base, data: new Elements(raw.buffer) };
  } catch {
    return null;
  }
}
