/**
 * What a walk over a graph has counted so far, operator by operator.
 * @module
 */

import { engineTime, type NodeWork } from "./engine-time.ts";
import { total } from "./operation-count.ts";

export interface OperatorTally {
  nodes: number;
  operations: number;
}

const NO_WORK = { elements: 0, texts: 0, isFloat: false };

export class Tally {
  operations = 0;
  /** How long an isolate's engine takes, about; nanoseconds (engine-time.ts). */
  engine_ns = 0;
  /** Of all tensors that live at once, the most; parameters are not among them. */
  peak_bytes = 0;
  readonly byOperator = new Map<string, OperatorTally>();

  /** One node by itself. */
  node(type: string, operations: number, work?: Omit<NodeWork, "operations">): void {
    this.engine_ns += engineTime(type, { ...NO_WORK, ...work, operations });
    this.operations = total([{ count: this.operations, of: [] }, { count: operations, of: [] }]);
    this.#operator(type, { nodes: 1, operations });
  }

  /** What a node runs within itself, so many times; its memory is the node's to count. */
  inner(inner: Tally, times: number): void {
    this.engine_ns += inner.engine_ns * times;
    this.operations = total([
      { count: this.operations, of: [] },
      { count: inner.operations, of: [times] },
    ]);
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
