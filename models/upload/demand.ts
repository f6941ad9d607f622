/**
 * What a run of a model takes for given inputs: operations and memory.
 * @module
 */

import { countModel, type CountOptions, type FullCount } from "../operations/count-operations.ts";
import { TooLarge } from "../operations/model-error.ts";
import type { Model } from "../operations/model-file.ts";
import { type Demand, HARDWARE } from "./limits.ts";

/** What does not depend on a request. */
export interface Weight {
  file_bytes: number;
  parameter_bytes: number;
}

// The runtime reads the file from a copy, and its parameters stand beside it until it is closed; large
// pieces of memory are handed out by the page. Measured: docs/models.md#memory-of-a-run.
const FILE_COPIES = 3;
const PEAK_FACTOR = 1.6;

/**
 * Counts one run.
 * @throws ModelError where the shapes do not fit; TooLarge where a run would take more than any node has
 */
export function demandOf(
  model: Model,
  weight: Weight,
  { shapes, ...options }: CountOptions & { shapes: Record<string, number[]> },
): { demand: Demand; count: FullCount } {
  const count = countModel(model, shapes, options);
  const { file_bytes, parameter_bytes } = weight;
  const demand = {
    operations: count.operations,
    estimated_ms: Math.ceil(count.duration_ns / 1e6),
    memory_bytes: Math.ceil(
      FILE_COPIES * Math.max(file_bytes, parameter_bytes) + PEAK_FACTOR * count.peak_bytes,
    ),
  };
  checkDemand(demand);
  return { demand, count };
}

const WORDS: Readonly<Record<keyof Demand, (n: number) => string>> = {
  operations: (n) => `${n} operations`,
  estimated_ms: (n) => `${n} ms in an isolate, as estimated`,
  memory_bytes: (n) => `${n} bytes of memory`,
};

/** @throws TooLarge where no node has as much */
export function checkDemand(demand: Partial<Demand>): void {
  for (const [figure, words] of Object.entries(WORDS)) {
    const [most, asked] = [HARDWARE[figure as keyof Demand], demand[figure as keyof Demand] ?? 0];
    if (asked > most) throw new TooLarge(`A run takes ${words(asked)}: at most ${most} are given`);
  }
}
