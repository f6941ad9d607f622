/**
 * Dial's buckets instead of a heap: what is to be taken lies in rings of equal width by its cost. Within a
 * ring it is taken in any order, since a link is nearly always longer than a ring is wide; where one is
 * shorter, its end is taken again within the ring, so costs are exact either way. On 41,914 nodes that is
 * several times faster than a 4-ary heap (benches/paths.ts), and who needs only a few nodes stops after a
 * few rings.
 * @module
 */

/** Costs are km; the width trades rings walked against nodes taken twice. */
const RING_KM = 100;
// Farther than any path round the Earth; what lies beyond shares the last ring, and stays exact.
const RINGS = 2_048;
const NONE = -1;

/** Nodes by their least cost, each a number that the caller gives it: its index or a slot. */
export class RingQueue {
  /** Taken last: costs in it are below (ring + 1) * RING_KM. */
  #ring = 0;
  readonly #head = new Int32Array(RINGS);
  #node: Int32Array;
  #next: Int32Array;
  #entries = 0;

  /** @param entries for how many there is room at first */
  constructor(entries: number) {
    this.#node = new Int32Array(entries);
    this.#next = new Int32Array(entries);
  }

  /** Forgets all entries. */
  begin(): void {
    this.#head.fill(NONE);
    this.#entries = 0;
    this.#ring = 0;
  }

  /** Notes a node with its new least cost, km; an entry of a greater one stays behind. */
  push(node: number, cost_km: number): void {
    if (this.#entries === this.#node.length) this.#grow();
    const entry = this.#entries++;
    const ring = Math.min(RINGS - 1, Math.floor(cost_km / RING_KM));
    this.#node[entry] = node;
    this.#next[entry] = this.#head[ring];
    this.#head[ring] = entry;
  }

  /**
   * Takes the nearest ring that has nodes; the same ring can come again.
   * @param cost by node: the least cost that is known
   * @param taken by node: the cost at which it was taken last, Infinity at first
   * @param batch gets the nodes
   * @returns how many nodes the batch holds, 0 when all is done
   */
  take(cost: Float64Array, taken: Float64Array, batch: Int32Array): number {
    while (this.#ring < RINGS) {
      let entry = this.#head[this.#ring];
      this.#head[this.#ring] = NONE;
      let size = 0;
      for (; entry !== NONE; entry = this.#next[entry]) {
        const node = this.#node[entry];
        // Entries of ways that were bettered stay behind; a node is taken once for each cost.
        if (taken[node] <= cost[node]) continue;
        taken[node] = cost[node];
        batch[size++] = node;
      }
      if (size > 0) return size;
      this.#ring++;
    }
    return 0;
  }

  /** No node still to be taken costs less than this, km. */
  floor(): number {
    return this.#ring * RING_KM;
  }

  #grow(): void {
    this.#node = doubled(this.#node);
    this.#next = doubled(this.#next);
  }
}

/** An array twice as long that begins with the same elements. */
export function doubled<T extends Int32Array | Float64Array | Uint8Array>(old: T): T {
  const larger = new (old.constructor as new (length: number) => T)(2 * old.length);
  larger.set(old);
  return larger;
}
