/**
 * Least paths over the +Grid, outward from some sources, in rings of equal width.
 *
 * Dial's buckets instead of a heap: a ring's nodes are taken in any order, since a link is nearly
 * always longer than a ring is wide; where one is shorter, its end is taken again within the ring, so
 * costs are exact either way. On 41,914 nodes that is several times faster than a 4-ary heap
 * (benches/paths.ts), and who needs only a few nodes stops after a few rings.
 * Not its job: which links there are and how long.
 * @module
 */

/** Costs are km; the width trades rings walked against nodes taken twice. */
const RING_KM = 100;
// Farther than any path round the Earth; what lies beyond shares the last ring, and stays exact.
const RINGS = 2_048;
const NONE = -1;

/** Scratch memory and steps of a search for least path lengths over a graph of links. */
export class PathSearch {
  /** Least cost found so far, km; Infinity where none. Final for all rings that `ring` has passed. */
  readonly cost: Float64Array;
  /** Nodes of the ring taken last; only as many as nextRing() says. */
  batch: Int32Array;
  /** The ring taken last: costs in it are below (ring + 1) * RING_KM. */
  ring = 0;
  readonly #parent: Int32Array;
  readonly #taken: Float64Array;
  readonly #head = new Int32Array(RINGS);
  #node: Int32Array;
  #next: Int32Array;
  #entries = 0;

  constructor(count: number) {
    this.cost = new Float64Array(count);
    this.#parent = new Int32Array(count);
    this.#taken = new Float64Array(count);
    this.batch = new Int32Array(count);
    this.#node = new Int32Array(4 * count + 64);
    this.#next = new Int32Array(4 * count + 64);
  }

  begin(): void {
    this.cost.fill(Infinity);
    this.#taken.fill(Infinity);
    this.#head.fill(NONE);
    this.#entries = 0;
    this.ring = 0;
  }

  /** Offers a way to a node; kept if it is shorter than what is known. `parent` < 0: a source. */
  offer(node: number, cost_km: number, parent: number): void {
    if (cost_km >= this.cost[node]) return;
    this.cost[node] = cost_km;
    this.#parent[node] = parent;
    if (this.#entries === this.#node.length) this.#grow();
    const entry = this.#entries++;
    const ring = Math.min(RINGS - 1, Math.floor(cost_km / RING_KM));
    this.#node[entry] = node;
    this.#next[entry] = this.#head[ring];
    this.#head[ring] = entry;
  }

  /**
   * Takes the nearest ring that has nodes; offer() their neighbours before the next call. The same
   * ring can come again. @returns how many nodes `batch` holds, 0 when all is done
   */
  nextRing(): number {
    while (this.ring < RINGS) {
      let entry = this.#head[this.ring];
      this.#head[this.ring] = NONE;
      let size = 0;
      for (; entry !== NONE; entry = this.#next[entry]) {
        const node = this.#node[entry];
        // Entries of ways that were bettered stay behind; a node is taken once for each cost.
        if (this.#taken[node] <= this.cost[node]) continue;
        this.#taken[node] = this.cost[node];
        this.batch[size++] = node;
      }
      if (size > 0) return size;
      this.ring++;
    }
    return 0;
  }

  /** No node still to be taken costs less than this, km. */
  floor(): number {
    return this.ring * RING_KM;
  }

  /** From the source to the node, both included. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at >= 0; at = this.#parent[at]) path.push(at);
    return path.reverse();
  }

  #grow(): void {
    const grown = (old: Int32Array) => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.#node = grown(this.#node);
    this.#next = grown(this.#next);
  }
}
