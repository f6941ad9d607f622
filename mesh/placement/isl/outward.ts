/**
 * Finds the nodes that would answer first when an ask may travel from node to node.
 *
 * Rings grow outward from the access nodes until the best found beat all that is farther away.
 * Positions and links are computed as the rings reach them: the cost follows what is looked at.
 * @module
 */
import type { Almanac, Weights } from "../../orbit/almanac.ts";
import type { EpochMs } from "../../units.ts";
import { Best } from "../best.ts";
import type { Scores } from "../scores.ts";
import { linkLength } from "./lengths.ts";
import { PathSearch } from "./path-search.ts";
import { NO_NODE, PORTS } from "./plus-grid.ts";
import type { Access } from "./shortest-paths.ts";

// Half the Earth away an answer is later than one from a node that is merely busy: links lead no
// farther. A node that the ground sees itself is in reach, however high it flies.
const LENGTH_MAX_KM = 20_000;

/** Ranks nodes by time to result over inter-satellite links, from the nodes that take an ask up. */
export class OutwardSearch {
  readonly best: Best;
  readonly #neighbours: Int32Array;
  readonly #paths: PathSearch;
  readonly #xyz: Float64Array;
  readonly #located: Uint32Array;
  readonly #scored: Uint32Array;
  #run = 0;

  constructor(neighbours: Int32Array, k: number) {
    const count = neighbours.length / PORTS;
    this.best = new Best(k);
    this.#neighbours = neighbours;
    this.#paths = new PathSearch(count);
    this.#xyz = new Float64Array(3 * count);
    this.#located = new Uint32Array(count);
    this.#scored = new Uint32Array(count);
  }

  run(almanac: Almanac, at: EpochMs, scores: Scores, access: Iterable<Access>): void {
    const paths = this.#paths;
    const weights = almanac.weights(at);
    this.#run++;
    this.best.clear();
    paths.begin();
    for (const { node, range_km } of access) paths.offer(node, range_km, -1);
    for (let size = paths.nextRing(); size > 0; size = paths.nextRing()) {
      if (scores.at(paths.floor()) > this.best.bar()) break;
      for (let b = 0; b < size; b++) this.#take(paths.batch[b], almanac, weights, scores);
    }
  }

  /** Node ids' indices from the access node to this one. */
  path(node: number): number[] {
    return this.#paths.path(node);
  }

  /** Length of that path, its ground leg included, km. */
  length(node: number): number {
    return this.#paths.cost[node];
  }

  #take(node: number, almanac: Almanac, weights: Weights, scores: Scores): void {
    const paths = this.#paths;
    const reached = paths.cost[node];
    this.#locate(node, almanac, weights);
    this.#score(node, reached, scores);
    for (let i = PORTS * node; i < PORTS * (node + 1); i++) {
      const next = this.#neighbours[i];
      if (next === NO_NODE || !almanac.flies(next)) continue;
      this.#locate(next, almanac, weights);
      const through = reached + linkLength(this.#xyz, 3 * node, 3 * next);
      if (through <= LENGTH_MAX_KM) paths.offer(next, through, node);
    }
  }

  #locate(node: number, almanac: Almanac, weights: Weights): void {
    if (this.#located[node] === this.#run) return;
    this.#located[node] = this.#run;
    almanac.position(node, weights, this.#xyz, 3 * node);
  }

  #score(node: number, length: number, scores: Scores): void {
    // Taken again only within one ring, when a link shorter than a ring bettered its way.
    if (this.#scored[node] === this.#run) this.best.remove(node);
    this.#scored[node] = this.#run;
    if (scores.at(length) > this.best.bar()) return;
    this.best.add(node, scores.of(node, length, this.#xyz, 3 * node));
  }
}
