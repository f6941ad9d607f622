/**
 * Writes the answer to an inference as JSON, piece by piece: a large tensor is never text as a whole.
 * @module
 */
import { type Tensor, tensorBytes } from "../tensor.ts";
import { shortestDecimals } from "./shortest-fp32.ts";

/** An output, and how it is asked for. */
export interface AnswerOutput {
  tensor: Tensor;
  /** Its elements follow the JSON as bytes, and are not in it. */
  is_binary: boolean;
}

// A piece of some 10 kB: V8 lays texts of over 100 kB apart, where they stay until it collects everything.
const ELEMENTS_A_PIECE = 1_024;

/**
 * Writes an answer in pieces of some 10 kB, each made when it is asked for. Written twice, it is the same
 * text.
 * @param fields what stands before the outputs
 * @returns pieces of one JSON object. Numbers that JSON cannot hold (NaN, infinities) are null, integers of
 *   64 bits have all their digits, FP32 has as many as tell it from its neighbours; bytes of BYTES that are
 *   not UTF-8 are U+FFFD
 * @throws RangeError for FP16 that is not binary: a bug, as callers are refused before
 */
export function* answerText(
  fields: object,
  outputs: readonly AnswerOutput[],
): Generator<string> {
  const head = JSON.stringify(fields);
  yield `${head.slice(0, -1)}${head === "{}" ? "" : ","}"outputs":[`;
  for (const [i, { tensor, is_binary }] of outputs.entries()) {
    const { name, shape, datatype, data } = tensor;
    const comma = i > 0 ? "," : "";
    if (is_binary) {
      const parameters = { binary_data_size: tensorBytes(tensor) };
      yield `${comma}${JSON.stringify({ name, shape, datatype, parameters })}`;
      continue;
    }
    yield `${comma}${JSON.stringify({ name, shape, datatype }).slice(0, -1)},"data":[`;
    for (let from = 0; from < data.length; from += ELEMENTS_A_PIECE) {
      const elements = elementsText(tensor, from, from + ELEMENTS_A_PIECE);
      yield from > 0 ? `,${elements}` : elements;
    }
    yield "]}";
  }
  yield "]}";
}

function elementsText({ datatype, data }: Tensor, from: number, to: number): string {
  if (datatype === "FP16") throw new RangeError("FP16 is not written as JSON");
  if (Array.isArray(data)) {
    return data.slice(from, to).map((element) => JSON.stringify(utf8.decode(element))).join();
  }
  const piece = data.subarray(from, to);
  if (datatype === "BOOL") return Array.from(piece as Uint8Array, (v) => v !== 0).join();
  if (piece instanceof Float32Array || piece instanceof Float64Array) return floatsText(piece);
  return piece.join();
}

const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

// One array for all pieces: it holds numbers between two lines of floatsText() only.
const numbers: number[] = [];

function floatsText(piece: Float32Array | Float64Array): string {
  numbers.length = piece.length;
  if (piece instanceof Float32Array) shortestDecimals(piece, numbers);
  else for (let i = 0; i < piece.length; i++) numbers[i] = piece[i];
  // JSON.stringify() writes NaN and the infinities as null, and -0 as 0: another number. Python reads -0 as the
  // integer 0.
  const text = JSON.stringify(numbers).slice(1, -1);
  if (!numbers.some((value) => Object.is(value, -0))) return text;
  return numbers.map((value) =>
    Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? value : "null"
  ).join();
}
