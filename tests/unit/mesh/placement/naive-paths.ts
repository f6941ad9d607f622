/**
 * Least path lengths over links, as a textbook has them: Dijkstra with a binary heap, each link's
 * length and line of sight worked out where it is met.
 * @module
 */

export interface Source {
  index: number;
  length_km: number;
}

/** Length in km to each node; Infinity where links lead to it on no path within the limit. */
export function naivePaths(
  { xyz, neighbours, sources, limit_km, hop_km = 0 }: {
    xyz: Float64Array;
    /** Four for each node, -1 for none. */
    neighbours: Int32Array;
    sources: readonly Source[];
    limit_km: number;
    /** What each link counts for beside its length. */
    hop_km?: number;
  },
): Float64Array {
  const lengths = new Float64Array(xyz.length / 3).fill(Infinity);
  const heap: Source[] = [];
  for (const source of sources) push(heap, source);
  for (let nearest = pop(heap); nearest; nearest = pop(heap)) {
    const { index, length_km } = nearest;
    if (length_km >= lengths[index]) continue;
    lengths[index] = length_km;
    for (let i = 4 * index; i < 4 * index + 4; i++) {
      const next = neighbours[i];
      if (next < 0) continue;
      const through = length_km + naiveLink(xyz, index, next) + hop_km;
      if (through <= limit_km && through < lengths[next]) {
        push(heap, { index: next, length_km: through });
      }
    }
  }
  return lengths;
}

/** Infinity where the beam would pass lower than 80 km over the equator's radius. */
export function naiveLink(xyz: Float64Array, from: number, to: number): number {
  const [ax, ay, az] = [xyz[3 * from], xyz[3 * from + 1], xyz[3 * from + 2]];
  const [bx, by, bz] = [xyz[3 * to], xyz[3 * to + 1], xyz[3 * to + 2]];
  const ra = Math.sqrt(ax * ax + ay * ay + az * az);
  const rb = Math.sqrt(bx * bx + by * by + bz * bz);
  const length = Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2 + (bz - az) ** 2);
  // A triangle with the Earth's centre: acute at both ends, its height is how near the beam comes.
  const cosA = (ra * ra + length * length - rb * rb) / (2 * ra * length);
  const cosB = (rb * rb + length * length - ra * ra) / (2 * rb * length);
  if (cosA > 0 && cosB > 0 && ra * Math.sqrt(1 - cosA * cosA) < 6378.137 + 80) return Infinity;
  return length;
}

function push(heap: Source[], item: Source): void {
  heap.push(item);
  for (let i = heap.length - 1; i > 0;) {
    const parent = (i - 1) >> 1;
    if (heap[parent].length_km <= heap[i].length_km) return;
    [heap[parent], heap[i]] = [heap[i], heap[parent]];
    i = parent;
  }
}

function pop(heap: Source[]): Source | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return top;
  heap[0] = last;
  for (let i = 0;;) {
    let least = i;
    for (const child of [2 * i + 1, 2 * i + 2]) {
      if (child < heap.length && heap[child].length_km < heap[least].length_km) least = child;
    }
    if (least === i) return top;
    [heap[least], heap[i]] = [heap[i], heap[least]];
    i = least;
  }
}
