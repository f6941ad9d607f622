/**
 * A model that is dear and small: `y = 3 x x`, of matrices of 1,024 x 1,024 and each product by itself,
 * is 6.4 G operations, more than an isolate may be asked for; and what computes it fast where nearly all
 * of a matrix is zero.
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
      ...["a", "b", "c"].map((part) =>
        [1, [[1, "x"], [1, "x"], [2, part], [4, "MatMul"]]] as const
      ),
      [1, [[1, "a"], [1, "b"], [1, "c"], [2, "y"], [4, "Sum"]]],
      [2, "square"],
      [11, port("x")],
      [12, port("y")],
    ]],
    [8, [[1, ""], [2, 17]]],
  ]);

/** What the model takes at least. */
export const OPERATIONS = 6 * SIZE ** 3;

/** Three times a matrix squared, row by row, passing over zeros. */
export function square(x: Tensor): Tensor {
  const from = x.data as Float32Array;
  const data = new Float32Array(SIZE * SIZE);
  for (let row = 0; row < SIZE; row++) {
    for (let k = 0; k < SIZE; k++) {
      const factor = 3 * from[row * SIZE + k];
      if (factor === 0) continue;
      for (let column = 0; column < SIZE; column++) {
        data[row * SIZE + column] += factor * from[k * SIZE + column];
      }
    }
  }
  return { name: "y", datatype: "FP32", shape: [SIZE, SIZE], data };
}
