/**
 * Models that are heavy with weights: one constant of random bytes, which is added to the input.
 * @module
 */
import { encode } from "../../models/graph/protobuf.ts";
import { seeded } from "./random.ts";

const FLOAT = 1;

/**
 * Writes an ONNX file: `y = x + w`.
 * @param bytes of the constant, a multiple of 4
 * @param seed decides its content
 */
export function heavyModel(bytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const elements = bytes / 4;
  const tensor = joined(
    encode([[1, elements], [2, FLOAT], [8, "w"]]),
    ...field(9, weights(bytes, seed)),
  );
  const graph = joined(
    encode([[1, [[1, "x"], [1, "w"], [2, "y"], [4, "Add"]]], [2, "heavy"]]),
    ...field(5, tensor),
    encode([[11, valueInfo("x", 1)], [12, valueInfo("y", elements)]]),
  );
  return joined(encode([[1, 8]]), ...field(7, graph), encode([[8, [[1, ""], [2, 17]]]]));
}

/** Whole numbers of a quarter as floats: none of them is NaN. */
function weights(bytes: number, seed: number): Uint8Array {
  const random = seeded(seed);
  const block = Float32Array.from({ length: 16_384 }, () => random.integer(-4_000, 4_000) / 4);
  const all = new Uint8Array(bytes);
  const pattern = new Uint8Array(block.buffer);
  for (let at = 0; at < bytes; at += pattern.length) {
    all.set(pattern.subarray(0, Math.min(pattern.length, bytes - at)), at);
  }
  return all;
}

const valueInfo = (name: string, size: number) =>
  [[1, name], [2, [[1, [[1, FLOAT], [2, [[1, [[1, size]]]]]]]]]] as const;

/** A length-delimited field, by reference: megabytes are not copied twice. */
function field(number: number, bytes: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(number << 3 | 2, ...varint(bytes.length)), bytes];
}

function varint(value: number): number[] {
  const digits = [];
  for (; value >= 128; value = Math.floor(value / 128)) digits.push(value % 128 | 128);
  return [...digits, value];
}

function joined(...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
