/**
 * A model that is dear and small: `y = x x`, of matrices of 1,024 x 1,024, is 2.1 G operations, more
 * than an isolate may be asked for; and what computes it fast where nearly all of a matrix is zero.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import { encode } from "../../models/graph/protobuf.ts";

export const SIZE = 1_024;
const FLOAT = 1;

const port = (name: string) =>
  [[1, name], [2, [[1, [[1, FLOAT], [2, [[1, [[1, SIZE]]], [1, [[1, SIZE]]]]]]]]]] as const;

/** The ONNX file. */
export const squareModel = (): Uint8Array<ArrayBuffer> =>
  encode([
    [1, 8],
    [7, [
      [1, [[1, "x"], [1, "x"], [2, "y"], [4, "MatMul"]]],
      [2, "square"],
      [11, port("x")],
      [12, port("y")],
    ]],
    [8, [[1, ""], [2, 17]]],
  ]);

/** Squares a matrix row by row, passing over zeros. */
export function square(x: Tensor): Tensor {
  const from = x.data as Float32Array;
  const data = new Float32Array(SIZE * SIZE);
  for (let row = 0; row < SIZE; row++) {
    for (let k = 0; k < SIZE; k++) {
      const factor = from[row * SIZE + k];
      if (factor === 0) continue;
      for (let column = 0; column < SIZE; column++) {
        data[row * SIZE + column] += factor * from[k * SIZE + column];
      }
    }
  }
  return { name: "y", datatype: "FP32", shape: [SIZE, SIZE], data };
}
