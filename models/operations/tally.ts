/**
 * What a walk over a graph has counted so far, operator by operator.
 * @module
 */

import { durationNs } from "./duration.ts";
import { total } from "./operation-count.ts";

export interface OperatorTally {
  nodes: number;
  operations: number;
}

export class Tally {
  operations = 0;
  /** Estimated, and an upper bound. */
  duration_ns = 0;
  /** Of all tensors that live at once, the most; parameters are not among them. */
  peak_bytes = 0;
  readonly byOperator = new Map<string, OperatorTally>();

  /** One node by itself. */
  node(type: string, operations: number, result_bytes = 0): void {
    this.operations = total([{ count: this.operations, of: [] }, { count: operations, of: [] }]);
    this.duration_ns += durationNs(type, operations, result_bytes);
    this.#operator(type, { nodes: 1, operations });
  }

  /** What a node runs within itself, so many times; its memory is the node's to count. */
  inner(inner: Tally, times: number): void {
    this.operations = total([
      { count: this.operations, of: [] },
      { count: inner.operations, of: [times] },
    ]);
    this.duration_ns += times * inner.duration_ns;
    for (const [type, { nodes, operations }] of inner.byOperator) {
      this.#operator(type, { nodes, operations: operations * times });
    }
  }

  #operator(type: string, { nodes, operations }: OperatorTally): void {
    const before = this.byOperator.get(type);
    if (!before) {
      this.byOperator.set(type, { nodes, operations });
      return;
    }
    before.nodes += nodes;
    before.operations += operations;
  }
}
