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

/** Of a count, with what is left of the work that it may be. */
export type DemandOptions = CountOptions & { budget: { visits: number } };

// The runtime reads the file from a copy, and its parameters stand beside it until it is closed; large
// pieces of memory are handed out by the page. Measured: docs/models.md#memory-of-a-run.
const FILE_COPIES = 3;
const PEAK_FACTOR = 1.25;
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
  if (demand.operations > HARDWARE.operations) {
    throw new TooLarge(
      `A run takes ${demand.operations} operations: at most ${HARDWARE.operations} are run`,
    );
  }
  if (demand.memory_bytes > HARDWARE.memory_bytes) {
    throw new TooLarge(
      `A run takes ${demand.memory_bytes} bytes of memory: at most ${HARDWARE.memory_bytes} are given`,
    );
  }
  if (demand.engine_ms > HARDWARE.engine_ms) {
    throw new TooLarge(
      `A run takes about ${demand.engine_ms} ms of an isolate's engine: ` +
        `at most ${HARDWARE.engine_ms} are run`,
    );
  }
  return { demand, count };
}
