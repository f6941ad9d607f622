/**
 * Tensors by name, as plain numbers.
 * @module
 */
import type { Tensor } from "./request.ts";

/** The elements of a tensor, in row-major order; empty where there is none of that name. */
export function numbersOf(tensors: readonly Tensor[], name: string): number[] {
  const data = tensors.find((one) => one.name === name)?.data ?? [];
  return (data as unknown[]).flat(8).map(Number);
}

/** The shape of a tensor; empty where there is none of that name. */
export const shapeOf = (tensors: readonly Tensor[], name: string): number[] =>
  tensors.find((one) => one.name === name)?.shape ?? [];
