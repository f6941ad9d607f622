/**
 * Dijkstra as a textbook has it: a binary heap of pairs, old entries skipped. The oracle and the
 * baseline for paths; it shares nothing with mesh/placement/isl but the graph.
 * @module
 */

export function plainDijkstra(
  { neighbours, lengths, access }: {
    neighbours: Int32Array;
    lengths: Float64Array;
    access: { node: number; range_km: number }[];
  },
): Float64Array {
  const count = neighbours.length / 4;
  const cost = new Float64Array(count).fill(Infinity);
  const heap: [number, number][] = [];
  const push = (entry: [number, number]) => {
    heap.push(entry);
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1;
      if (heap[up][0] <= heap[i][0]) break;
      [heap[up], heap[i]] = [heap[i], heap[up]];
      i = up;
    }
  };
  const pop = (): [number, number] => {
    const top = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    heap[0] = last;
    for (let i = 0;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && heap[child][0] < heap[least][0]) least = child;
      }
      if (least === i) return top;
      [heap[least], heap[i]] = [heap[i], heap[least]];
      i = least;
    }
  };
  for (const { node, range_km } of access) {
    if (range_km >= cost[node]) continue;
    cost[node] = range_km;
    push([range_km, node]);
  }
  while (heap.length > 0) {
    const [reached, node] = pop();
    if (reached > cost[node]) continue;
    for (let port = 0; port < 4; port++) {
      const next = neighbours[4 * node + port];
      const through = reached + lengths[4 * node + port];
      if (next < 0 || through >= cost[next]) continue;
      cost[next] = through;
      push([through, next]);
    }
  }
  return cost;
}
