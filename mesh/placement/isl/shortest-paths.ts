/**
 * Least path lengths from one ground station to every node: up to a node above its mask, then over
 * inter-satellite links.
 * @module
 */
import { PORTS } from "./shell-links.ts";
import type { PathSearch } from "./path-search.ts";

/** A node that a station sees, and its slant range in km. */
export interface Access {
  /** The node's index. */
  node: number;
  range_km: number;
}

/**
 * Finds the least ways from all sources to all nodes; `search` then has them.
 * @returns the least length in km to each node, `search.cost`; Infinity where there is no path
 */
export function shortestPaths(
  { search, neighbours, lengths, access }: {
    search: PathSearch;
    neighbours: Int32Array;
    lengths: Float64Array;
    access: Iterable<Access>;
  },
): Float64Array {
  search.begin();
  for (const { node, range_km } of access) search.offer(node, range_km, -1);
  const { cost } = search;
  for (let size = search.nextRing(); size > 0; size = search.nextRing()) {
    for (let b = 0; b < size; b++) {
      const node = search.batch[b];
      const reached = cost[node];
      for (let i = PORTS * node; i < PORTS * (node + 1); i++) {
        // A link that is not there is infinitely long.
        const through = reached + lengths[i];
        if (through < Infinity) search.offer(neighbours[i], through, node);
      }
    }
  }
  return cost;
}
