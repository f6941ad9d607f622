/**
 * Faults as instants at which nodes fail or serve again, in the order of time.
 * @module
 */
import type { EpochMs } from "../../mesh/units.ts";
import type { Run } from "../run.ts";

/** Nodes that fail at an instant, or serve again from it on. */
export interface FaultEdge {
  at: EpochMs;
  fails: boolean;
  nodes: readonly number[];
}

/**
 * Sorts the faults of a run by time. A node of which two faults overlap serves again at the first end.
 * @throws RangeError for a node that the constellation does not have, or a fault that ends before it begins
 */
export function faultEdges({ faults, constellation: { count } }: Run): FaultEdge[] {
  const edges = faults.flatMap(({ at, until, nodes }): FaultEdge[] => {
    const stranger = nodes.find((index) =>
      !(Number.isInteger(index) && index >= 0 && index < count)
    );
    if (stranger !== undefined) {
      throw new RangeError(`No node has index ${stranger}: a fault names 0..${count - 1}`);
    }
    if (until !== null && !(until > at)) {
      throw new RangeError(`A fault from ${at} cannot end at ${until}: must be later`);
    }
    const fails = { at, fails: true, nodes };
    return until === null ? [fails] : [fails, { at: until, fails: false, nodes }];
  });
  return edges.sort((a, b) => a.at - b.at || Number(a.fails) - Number(b.fails));
}
