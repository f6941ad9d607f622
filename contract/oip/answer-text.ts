/**
 * Writes the answer to an inference as JSON, piece by piece: a large tensor is never text as a whole.
 * @module
 */
import type { Tensor } from "../tensor.ts";

// A piece of some 10 kB: V8 lays texts of over 100 kB apart, where they stay until it collects everything.
const ELEMENTS_A_PIECE = 1_024;

/**
 * Writes an answer in pieces of some 10 kB, each made when it is asked for.
 * @param fields what stands before the outputs
 * @returns pieces of one JSON object. Numbers that JSON cannot hold (NaN, infinities) are null; integers of
 *   64 bits have all their digits
 */
export function* answerText(fields: object, outputs: readonly Tensor[]): Generator<string> {
  const head = JSON.stringify(fields);
  yield `${head.slice(0, -1)}${head === "{}" ? "" : ","}"outputs":[`;
  for (const [i, output] of outputs.entries()) {
    const { name, shape, datatype } = output;
    const fields = JSON.stringify({ name, shape, datatype });
    yield `${i > 0 ? "," : ""}${fields.slice(0, -1)},"data":[`;
    for (let from = 0; from < output.data.length; from += ELEMENTS_A_PIECE) {
      const elements = elementsText(output, from, from + ELEMENTS_A_PIECE);
      yield from > 0 ? `,${elements}` : elements;
    }
    yield "]}";
  }
  yield "]}";
}

function elementsText({ datatype, data }: Tensor, from: number, to: number): string {
  if (Array.isArray(data)) throw new RangeError(`${datatype} cannot be written as JSON`);
  const piece = data.subarray(from, to);
  if (datatype === "BOOL") return Array.from(piece as Uint8Array, (v) => v !== 0).join();
  const isFloat = piece instanceof Float32Array || piece instanceof Float64Array;
  if (!isFloat || piece.every(Number.isFinite)) return piece.join();
  return Array.from(piece, (v) => Number.isFinite(v) ? v : "null").join();
}
