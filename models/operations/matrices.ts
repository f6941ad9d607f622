/**
 * Products of matrices.
 * @module
 */

import type { Infer } from "./call.ts";
import { shaped } from "./tensor.ts";

const matMul: Infer = (call) => {
  const [a, b] = [call.input(0).dims, call.input(1).dims];
  call.rank(a, 1);
  call.rank(b, 1);
  // A vector is a row on the left and a column on the right, and the dimension so made goes again.
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  if (left.at(-1) !== right.at(-2) && !call.loose) {
    call.fail(`[${a}] and [${b}] cannot be multiplied`);
  }
  const batch = call.broadcast([left.slice(0, -2), right.slice(0, -2)]);
  const rows = a.length === 1 ? [] : [left.at(-2)!];
  const columns = b.length === 1 ? [] : [right.at(-1)!];
  return [shaped([...batch, ...rows, ...columns])];
};

const gemm: Infer = (call) => {
  const [a, b] = [call.input(0).dims, call.input(1).dims];
  if (a.length !== 2 || b.length !== 2) call.fail(`[${a}] and [${b}] must be matrices`);
  const [rows, inner] = call.int("transA", 0) === 0 ? a : [a[1], a[0]];
  const [height, columns] = call.int("transB", 0) === 0 ? b : [b[1], b[0]];
  if (inner !== height && !call.loose) call.fail(`[${a}] and [${b}] cannot be multiplied`);
  for (const factor of ["alpha", "beta"]) call.float(factor, 1);
  const c = call.optional(2)?.dims ?? [];
  if (`${call.broadcast([[rows, columns], c])}` !== `${[rows, columns]}`) {
    call.fail(`[${c}] cannot be broadcast to [${[rows, columns]}]`);
  }
  return [shaped([rows, columns])];
};

export const MATRICES = { Gemm: gemm, MatMul: matMul } satisfies Record<string, Infer>;
