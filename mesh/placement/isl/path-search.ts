/**
 * Least paths over the +Grid, outward from some sources, in rings of equal width (ring-queue.ts).
 * Not its job: which links there are and how long.
 * @module
 */
import { RingQueue } from "./ring-queue.ts";

/** Scratch memory and steps of a search for least path lengths over a graph of links. */
export class PathSearch {
  /** Least cost found so far, km; Infinity where none. Final below floor(). */
  readonly cost: Float64Array;
  /** Nodes of the ring taken last; only as many as nextRing() says. */
  batch: Int32Array;
  readonly #queue: RingQueue;
  readonly #parent: Int32Array;
  readonly #taken: Float64Array;

  /** @param count of the nodes */
  constructor(count: number) {
    this.cost = new Float64Array(count);
    this.batch = new Int32Array(count);
    this.#queue = new RingQueue(4 * count + 64);
    this.#parent = new Int32Array(count);
    this.#taken = new Float64Array(count);
  }

  /** Forgets all ways. */
  begin(): void {
    this.cost.fill(Infinity);
    this.#taken.fill(Infinity);
    this.#queue.begin();
  }

  /**
   * Offers a way to a node; kept if it is shorter than what is known.
   * @param node its index
   * @param cost_km of the whole way
   * @param parent the index of the node before it; below 0: it is a source
   */
  offer(node: number, cost_km: number, parent: number): void {
    if (cost_km >= this.cost[node]) return;
    this.cost[node] = cost_km;
    this.#parent[node] = parent;
    this.#queue.push(node, cost_km);
  }

  /**
   * Takes the nearest ring that has nodes; offer() their neighbours before the next call. The same
   * ring can come again. @returns how many nodes `batch` holds, 0 when all is done
   */
  nextRing(): number {
    return this.#queue.take(this.cost, this.#taken, this.batch);
  }

  /**
   * A bound of what is to come.
   * @returns no node still to be taken costs less than this, km
   */
  floor(): number {
    return this.#queue.floor();
  }

  /**
   * The least way that is known to a node.
   * @param node its index
   * @returns indices from the source to the node, both included
   */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at >= 0; at = this.#parent[at]) path.push(at);
    return path.reverse();
  }
}
