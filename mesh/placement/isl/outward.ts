/**
 * Finds the nodes that would answer first when an ask may travel from node to node.
 *
 * Rings grow outward from the access nodes until the best found beat all that is farther away.
 * Positions and links are computed as the rings reach them: the cost follows what is looked at.
 * @module
 */
import type { Almanac, Positions } from "../../orbit/almanac.ts";
import type { EpochMs } from "../../units.ts";
import type { Best } from "../best.ts";
import type { Tolls } from "../finder.ts";
import type { Scores } from "../scores.ts";
import { LENGTH_MAX_KM } from "./length-max.ts";
import { linkLength } from "./lengths.ts";
import { PathSearch } from "./path-search.ts";
import { NO_NODE, PORTS } from "./shell-links.ts";
import type { Access } from "./shortest-paths.ts";

/** Ranks nodes by time to result over inter-satellite links, from the nodes that take an ask up. */
export class OutwardSearch {
  /** How many nodes the last search scored. */
  looked = 0;
  readonly #neighbours: Int32Array;
  readonly #paths: PathSearch;
  readonly #xyz: Float64Array;
  readonly #located: Uint32Array;
  readonly #scored: Uint32Array;
  #run = 0;
  #hop_km = 0;
  #length_max_km = LENGTH_MAX_KM;

  constructor(neighbours: Int32Array) {
    const count = neighbours.length / PORTS;
    this.#neighbours = neighbours;
    this.#paths = new PathSearch(count);
    this.#xyz = new Float64Array(3 * count);
    this.#located = new Uint32Array(count);
    this.#scored = new Uint32Array(count);
  }

  run(
    { almanac, at, scores, access, best, tolls }: {
      almanac: Almanac;
      at: EpochMs;
      scores: Scores;
      /** With their tolls. */
      access: Iterable<Access>;
      best: Best;
      tolls?: Tolls;
    },
  ): void {
    const paths = this.#paths;
    const positions = almanac.at(at);
    this.#hop_km = tolls?.hop_km ?? 0;
    // By time, and not by length, half the Earth away is no limit.
    this.#length_max_km = tolls ? Infinity : LENGTH_MAX_KM;
    this.#run++;
    this.looked = 0;
    best.clear();
    paths.begin();
    for (const { node, range_km } of access) paths.offer(node, range_km, -1);
    for (let size = paths.nextRing(); size > 0; size = paths.nextRing()) {
      if (scores.at(paths.floor()) > best.bar()) break;
      for (let b = 0; b < size; b++) {
        this.#score(paths.batch[b], { positions, scores, best });
        this.#follow(paths.batch[b], almanac, positions);
      }
    }
  }

  /** Node ids' indices from the access node to this one. */
  path(node: number): number[] {
    return this.#paths.path(node);
  }

  /** Length of that path, its ground leg and all tolls included, km. */
  length(node: number): number {
    return this.#paths.cost[node];
  }

  #follow(node: number, almanac: Almanac, positions: Positions): void {
    const paths = this.#paths;
    const reached = paths.cost[node];
    for (let i = PORTS * node; i < PORTS * (node + 1); i++) {
      const next = this.#neighbours[i];
      if (next === NO_NODE || !almanac.flies(next)) continue;
      this.#locate(next, positions);
      const through = reached + (linkLength(this.#xyz, 3 * node, 3 * next) + this.#hop_km);
      if (through <= this.#length_max_km && through < Infinity) paths.offer(next, through, node);
    }
  }

  #locate(node: number, positions: Positions): void {
    if (this.#located[node] === this.#run) return;
    this.#located[node] = this.#run;
    positions.position(node, this.#xyz, 3 * node);
  }

  #score(
    node: number,
    { positions, scores, best }: { positions: Positions; scores: Scores; best: Best },
  ): void {
    this.#locate(node, positions);
    const length = this.#paths.cost[node];
    // Taken again only within one ring, when a link shorter than a ring bettered its way.
    if (this.#scored[node] === this.#run) best.remove(node);
    this.#scored[node] = this.#run;
    this.looked++;
    if (scores.at(length) > best.bar()) return;
    best.add(node, scores.of(node, length, this.#xyz, 3 * node));
  }
}
