/**
 * A model that takes and gives one number and is dear in between: `y = 3 x x 2^30`, as a matrix of 1,024 x
 * 1,024 times x, multiplied with itself three times over and summed up. No isolate is asked for as much.
 * @module
 */
import { encode } from "../../models/graph/protobuf.ts";

const FLOAT = 1;
const INT64 = 7;
const SIZE = 1_024;

const port = (name: string) =>
  [[1, name], [2, [[1, [[1, FLOAT], [2, [[1, [[1, 1]]], [1, [[1, 1]]]]]]]]]] as const;

const node = (
  type: string,
  inputs: string[],
  output: string,
) => [...inputs.map((name) => [1, name] as const), [2, output] as const, [4, type] as const];

/** The ONNX file. */
export const dearModel = (): Uint8Array<ArrayBuffer> =>
  encode([
    [1, 8],
    [7, [
      [1, node("Expand", ["x", "size"], "wide")],
      ...["a", "b", "c"].map((part) => [1, node("MatMul", ["wide", "wide"], part)] as const),
      [1, node("Sum", ["a", "b", "c"], "squares")],
      [1, node("ReduceSum", ["squares"], "y")],
      [2, "dear"],
      [5, [
        [1, 2],
        [2, INT64],
        [8, "size"],
        [9, new Uint8Array(BigInt64Array.of(BigInt(SIZE), BigInt(SIZE)).buffer)],
      ]],
      [11, port("x")],
      [12, port("y")],
    ]],
    [8, [[1, ""], [2, 17]]],
  ]);

/** What the model gives for x. */
export const dear = (x: number): number => 3 * x * x * 2 ** 30;
