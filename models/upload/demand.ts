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
  /** With those of subgraphs and functions. */
  nodes: number;
}

// The runtime reads the file from a copy, and its parameters stand beside it until it is closed; large
// pieces of memory are handed out by the page. Measured: docs/models.md#memory-of-a-run.
const FILE_COPIES = 3;
const PEAK_FACTOR = 1.6;
// To open a model takes 75 to 110 us for each of its nodes (docs/explanation/sandbox.md#time).
const OPEN_NODE_NS = 110_000;

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
  const { file_bytes, parameter_bytes, nodes } = weight;
  const demand = {
    operations: count.operations,
    memory_bytes: Math.ceil(
      FILE_COPIES * Math.max(file_bytes, parameter_bytes) + PEAK_FACTOR * count.peak_bytes,
    ),
    engine_ms: Math.ceil((count.engine_ns + nodes * OPEN_NODE_NS) / 1e6),
  };
  checkDemand(demand);
  return { demand, count };
}

const WORDS: Readonly<Record<keyof Demand, (n: number) => string>> = {
  operations: (n) => `${n} operations: at most ${HARDWARE.operations} are run`,
  memory_bytes: (n) => `${n} bytes of memory: at most ${HARDWARE.memory_bytes} are given`,
  engine_ms: (n) => `about ${n} ms of an isolate's engine: at most ${HARDWARE.engine_ms} are run`,
};

/** @throws TooLarge where no node has as much */
export function checkDemand(demand: Partial<Demand>): void {
  for (const [figure, words] of Object.entries(WORDS)) {
    const asked = demand[figure as keyof Demand] ?? 0;
    if (asked > HARDWARE[figure as keyof Demand]) throw new TooLarge(`A run takes ${words(asked)}`);
  }
}
