/**
 * Reads what a graph takes or gives: ValueInfoProto.
 * @module
 */

import type { ProtoReader } from "./message.ts";
import { ModelError, quoted } from "./model-error.ts";

export interface ModelPort {
  readonly name: string;
  /** TensorProto.DataType; 0 where the file does not say. */
  readonly type: number;
  /** Null as a whole where the rank is open, one by one where a size is free and has no name. */
  readonly dims: readonly (number | string | null)[] | null;
}

/** Of TypeProto, all but tensors. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  4: "a sequence",
  5: "a map",
  7: "an opaque value",
  8: "a sparse tensor",
  9: "an optional",
};

/** @param role what to call it where it is wrong: `Input` */
export function readPort(proto: ProtoReader, role: string): ModelPort {
  const name = proto.text(1);
  // The types of outputs, and of what subgraphs take, follow from the graph: some files leave them out.
  const type = proto.message(2, "TypeProto");
  if (!type && role === "Output") return { name, type: 0, dims: null };
  for (const [field, what] of Object.entries(OTHER_TYPES)) {
    if (!type?.has(Number(field))) continue;
    throw new ModelError(`${role} ${quoted(name)} is ${what}: only tensors are taken and given`);
  }
  const tensor = type?.message(1, "TypeProto.Tensor");
  if (!tensor) return { name, type: 0, dims: null };
  const shape = tensor.message(2, "TensorShapeProto");
  const dims = shape?.messages(1, "Dimension").map((dim) => {
    const size = dim.integer(1);
    // Some exporters write -1 for a free size.
    return size !== undefined && size >= 0 ? size : dim.text(2) || null;
  });
  return { name, type: tensor.integer(1) ?? 0, dims: dims ?? null };
}
