/**
 * The search of path-search.ts for constellations of which a search meets a small part: it keeps
 * something of a node only once it has met it. Nodes are met in one graph after another, as shells do
 * not link with each other; paths of all of them can be read until the next search begins.
 * Not its job: which links there are and how long.
 * @module
 */
import { doubled, RingQueue } from "./ring-queue.ts";

const SLOTS_FIRST = 1_024;
// Half a megabyte. A search that met more, as where nobody serves, leaves nothing behind.
const SLOTS_KEPT = 8_192;
// Fibonacci hashing: 2^32 over the golden ratio.
const MULTIPLIER = 0x9e3779b1;

/** Scratch memory and steps of a search. A node is known by its slot, from when it is first met. */
export class SparsePaths {
  /** How many nodes have been met. */
  size = 0;
  /** By slot: the node's index. */
  node!: Int32Array;
  /** By slot: least cost found so far, km; Infinity where none. */
  cost!: Float64Array;
  /** By slot: x, y, z of the node, once the caller has written them. */
  xyz!: Float64Array;
  /** By slot: the caller's own; 0 when a node is first met. */
  mark!: Uint8Array;
  /** Slots of the ring taken last; only as many as nextRing() says. */
  batch!: Int32Array;
  #parent!: Int32Array;
  #taken!: Float64Array;
  /** Slot + 1 by hash of the node; 0 where none. */
  #table!: Int32Array;
  /** By slot: where in the table it is. */
  #place!: Int32Array;
  #queue!: RingQueue;

  constructor() {
    this.#allocate(SLOTS_FIRST);
  }

  /** Forgets all nodes. */
  begin(): void {
    // As few as were met, so that a small search costs little after a large one.
    if (this.node.length > SLOTS_KEPT) this.#allocate(SLOTS_FIRST);
    else for (let slot = 0; slot < this.size; slot++) this.#table[this.#place[slot]] = 0;
    this.size = 0;
    this.beginGraph();
  }

  /** Begins with a graph that has no links to those before. */
  beginGraph(): void {
    this.#queue.begin();
  }

  /** The slot of a node; it is met now if it was not before. */
  meet(node: number): number {
    const at = this.#hashOf(node);
    if (this.#table[at] !== 0) return this.#table[at] - 1;
    const slot = this.size;
    if (slot === this.node.length) {
      this.#grow();
      return this.meet(node);
    }
    this.size++;
    this.#table[at] = slot + 1;
    this.#place[slot] = at;
    this.node[slot] = node;
    this.cost[slot] = Infinity;
    this.#taken[slot] = Infinity;
    this.mark[slot] = 0;
    return slot;
  }

  /** The slot of a node; -1 if it has not been met. */
  find(node: number): number {
    return this.#table[this.#hashOf(node)] - 1;
  }

  /** Offers a way to a node; kept if it is shorter than what is known. `parent` < 0: a source. */
  offer(slot: number, cost_km: number, parent: number): void {
    if (cost_km >= this.cost[slot]) return;
    this.cost[slot] = cost_km;
    this.#parent[slot] = parent;
    this.#queue.push(slot, cost_km);
  }

  /**
   * Takes the nearest ring that has nodes; offer() their neighbours before the next call. The same
   * ring can come again. @returns how many slots `batch` holds, 0 when all is done
   */
  nextRing(): number {
    return this.#queue.take(this.cost, this.#taken, this.batch);
  }

  /** No node still to be taken costs less than this, km. */
  floor(): number {
    return this.#queue.floor();
  }

  /** Node indices from the source to this slot's, both included. */
  path(slot: number): number[] {
    const path: number[] = [];
    for (let at = slot; at >= 0; at = this.#parent[at]) path.push(this.node[at]);
    return path.reverse();
  }

  /** Where in the table a node is, or would be put. */
  #hashOf(node: number): number {
    const mask = this.#table.length - 1;
    let at = (Math.imul(node, MULTIPLIER) >>> 7) & mask;
    while (this.#table[at] !== 0 && this.node[this.#table[at] - 1] !== node) at = (at + 1) & mask;
    return at;
  }

  #allocate(slots: number): void {
    this.node = new Int32Array(slots);
    this.cost = new Float64Array(slots);
    this.xyz = new Float64Array(3 * slots);
    this.mark = new Uint8Array(slots);
    this.batch = new Int32Array(slots);
    this.#parent = new Int32Array(slots);
    this.#taken = new Float64Array(slots);
    this.#place = new Int32Array(slots);
    this.#table = new Int32Array(4 * slots);
    this.#queue = new RingQueue(4 * slots);
  }

  #grow(): void {
    this.node = doubled(this.node);
    this.cost = doubled(this.cost);
    this.xyz = doubled(this.xyz);
    this.mark = doubled(this.mark);
    this.batch = doubled(this.batch);
    this.#parent = doubled(this.#parent);
    this.#taken = doubled(this.#taken);
    this.#table = new Int32Array(2 * this.#table.length);
    this.#place = doubled(this.#place);
    for (let slot = 0; slot < this.size; slot++) {
      const at = this.#hashOf(this.node[slot]);
      this.#place[slot] = at;
      this.#table[at] = slot + 1;
    }
  }
}
