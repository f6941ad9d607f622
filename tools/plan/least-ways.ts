/**
 * The k shortest simple ways from station to station: up to a node, over links, and down.
 *
 * Yen's deviations, each looked at from where its parent left (Lawler). A deviation is first bounded by the
 * tree of least ways to the target, which is known for all nodes: where the tree's own way is simple, the
 * bound is the answer and nothing is searched (Feng, "Finding k shortest simple paths in directed graphs",
 * Networks 64, 2014). Else A* searches with the tree as its bound, if the deviation ever comes first.
 * @module
 */
import { PathSearch } from "../../mesh/placement/isl/path-search.ts";
import { NO_NODE, PORTS } from "../../mesh/placement/isl/shell-links.ts";
import { type Access, shortestPaths } from "../../mesh/placement/isl/shortest-paths.ts";
import { LeastHeap } from "./least-heap.ts";
import type { Net } from "./net.ts";

/** From a station to another. */
export interface Way {
  /** Both of its ends on the ground included. */
  length_km: number;
  /** Nodes, from the one above the source to the one above the target. */
  nodes: number[];
}

/** A set of ways: those that begin with `prefix` and go on by none of `banned`. */
interface Deviation {
  prefix: readonly number[];
  /** To the last of the prefix, from the source; 0 where that is the source itself. */
  prefix_km: number;
  /** The next node, or DOWN. */
  banned: readonly number[];
  /** Of the shortest way in it; a lower bound while `way` is null. */
  length_km: number;
  way: number[] | null;
}

// Stands for the target among next steps.
const DOWN = -2;

/** Finds ways over one network. */
export class LeastWays {
  readonly #net: Net;
  readonly #search: PathSearch;
  readonly #count: number;
  /** To the target: of each node the least length, the step there, and the length straight down. */
  #rest: Float64Array = new Float64Array(0);
  readonly #step: Int32Array;
  readonly #down: Float64Array;
  #source: readonly Access[] = [];
  /** Nodes that the prefix holds are stamped with the number of the look. */
  readonly #blocked: Uint32Array;
  #look = 0;
  readonly #star: Star;

  constructor(net: Net) {
    this.#net = net;
    this.#count = net.neighbours.length / PORTS;
    this.#search = new PathSearch(this.#count);
    this.#step = new Int32Array(this.#count);
    this.#down = new Float64Array(this.#count);
    this.#blocked = new Uint32Array(this.#count);
    this.#star = new Star(this.#count);
  }

  /** Takes the station to which ways lead from now on. */
  toward(station: number): void {
    const { neighbours, lengths, access } = this.#net;
    const seen = access[station];
    this.#rest = shortestPaths({ search: this.#search, neighbours, lengths, access: seen });
    this.#down.fill(Infinity);
    for (const { node, range_km } of seen) this.#down[node] = range_km;
    for (let node = 0; node < this.#count; node++) this.#step[node] = this.#leastStep(node);
  }

  #leastStep(node: number): number {
    const { neighbours, lengths } = this.#net;
    let step = DOWN;
    let least = this.#down[node];
    for (let i = PORTS * node; i < PORTS * (node + 1); i++) {
      if (neighbours[i] === NO_NODE) continue;
      const through = lengths[i] + this.#rest[neighbours[i]];
      if (through >= least) continue;
      least = through;
      step = neighbours[i];
    }
    return step;
  }

  /**
   * Finds the shortest ways from a station to the one that toward() took.
   * @param k how many at most
   * @returns shortest first; fewer where there are no more
   */
  from(station: number, k: number): Way[] {
    this.#source = this.#net.access[station];
    const open = new LeastHeap<Deviation>(({ length_km }) => length_km);
    this.#offer(open, { prefix: [], prefix_km: 0, banned: [] });
    const ways: Way[] = [];
    for (let best = open.take(); best && ways.length < k; best = open.take()) {
      if (best.way === null) {
        const found = this.#searched(best);
        if (found) open.add(found);
        continue;
      }
      ways.push({ length_km: best.length_km, nodes: best.way });
      this.#deviate(open, best as Deviation & { way: number[] });
    }
    return ways;
  }

  /** Offers all ways that share a beginning with this one, and are not this one. */
  #deviate(open: LeastHeap<Deviation>, { prefix, prefix_km, banned, way }: Deviation & {
    way: number[];
  }): void {
    let reached_km = prefix_km;
    for (let held = prefix.length; held <= way.length; held++) {
      if (held > prefix.length) reached_km += this.#stepLength(way, held - 1);
      const next = held < way.length ? way[held] : DOWN;
      this.#offer(open, {
        prefix: way.slice(0, held),
        prefix_km: reached_km,
        banned: held === prefix.length ? [...banned, next] : [next],
      });
    }
  }

  /** From what lies before way[at], which is the source or a node, to it. */
  #stepLength(way: readonly number[], at: number): number {
    if (at === 0) return this.#source.find(({ node }) => node === way[0])!.range_km;
    const { neighbours, lengths } = this.#net;
    const first = PORTS * way[at - 1];
    let least = Infinity;
    for (let i = first; i < first + PORTS; i++) {
      if (neighbours[i] === way[at]) least = Math.min(least, lengths[i]);
    }
    return least;
  }

  #offer(
    open: LeastHeap<Deviation>,
    set: Pick<Deviation, "prefix" | "prefix_km" | "banned">,
  ): void {
    this.#block(set.prefix);
    let least = Infinity;
    let next: number = NO_NODE;
    this.#eachStep(set, (to, length_km) => {
      const through = length_km + (to === DOWN ? 0 : this.#rest[to]);
      if (through >= least) return;
      least = through;
      next = to;
    });
    if (least === Infinity) return;
    open.add({ ...set, length_km: set.prefix_km + least, way: this.#treeWay(set.prefix, next) });
  }

  /** Every step that a set leaves open, with its length. */
  #eachStep(
    { prefix, banned }: Pick<Deviation, "prefix" | "banned">,
    visit: (to: number, length_km: number) => void,
  ): void {
    if (prefix.length === 0) {
      for (const { node, range_km } of this.#source) {
        if (!banned.includes(node)) visit(node, range_km);
      }
      return;
    }
    const { neighbours, lengths } = this.#net;
    const last = prefix[prefix.length - 1];
    if (!banned.includes(DOWN)) visit(DOWN, this.#down[last]);
    for (let i = PORTS * last; i < PORTS * (last + 1); i++) {
      const to = neighbours[i];
      if (to === NO_NODE || this.#blocked[to] === this.#look || banned.includes(to)) continue;
      visit(to, lengths[i]);
    }
  }

  #block(prefix: readonly number[]): void {
    this.#look++;
    for (const node of prefix) this.#blocked[node] = this.#look;
  }

  /** By the tree; null where that leads back through the prefix, which is blocked. */
  #treeWay(prefix: readonly number[], next: number): number[] | null {
    const way = [...prefix];
    for (let node = next; node !== DOWN; node = this.#step[node]) {
      if (this.#blocked[node] === this.#look) return null;
      way.push(node);
    }
    return way;
  }

  /** The shortest way of a set, by A*; null where there is none. */
  #searched(set: Deviation): Deviation | null {
    this.#block(set.prefix);
    const star = this.#star;
    star.begin();
    let least = Infinity;
    let last: number = NO_NODE;
    const reach = (to: number, length_km: number, from: number) => {
      if (to === DOWN) {
        if (length_km < least) [least, last] = [length_km, from];
      } else star.offer(to, { length_km, rest_km: this.#rest[to], from });
    };
    this.#eachStep(set, (to, length_km) => reach(to, length_km, NO_NODE));
    const { neighbours, lengths } = this.#net;
    for (let node = star.take(least); node !== NO_NODE; node = star.take(least)) {
      const reached = star.length(node);
      reach(DOWN, reached + this.#down[node], node);
      for (let i = PORTS * node; i < PORTS * (node + 1); i++) {
        const to = neighbours[i];
        if (to === NO_NODE || this.#blocked[to] === this.#look) continue;
        reach(to, reached + lengths[i], node);
      }
    }
    if (least === Infinity) return null;
    return {
      ...set,
      length_km: set.prefix_km + least,
      way: [...set.prefix, ...(last === NO_NODE ? [] : star.path(last))],
    };
  }
}

/** The open and closed nodes of one A*. */
class Star {
  readonly #length: Float64Array;
  readonly #from: Int32Array;
  readonly #seen: Uint32Array;
  #run = 0;
  #open = new LeastHeap<{ node: number; length_km: number; whole_km: number }>(({ whole_km }) =>
    whole_km
  );

  constructor(count: number) {
    this.#length = new Float64Array(count);
    this.#from = new Int32Array(count);
    this.#seen = new Uint32Array(count);
  }

  begin(): void {
    this.#run++;
    this.#open.clear();
  }

  offer(
    node: number,
    { length_km, rest_km, from }: { length_km: number; rest_km: number; from: number },
  ): void {
    if (this.#seen[node] === this.#run && this.#length[node] <= length_km) return;
    if (rest_km === Infinity || length_km === Infinity) return;
    this.#seen[node] = this.#run;
    this.#length[node] = length_km;
    this.#from[node] = from;
    this.#open.add({ node, length_km, whole_km: length_km + rest_km });
  }

  /** The node of the least whole length, if that is below a limit; else NO_NODE. */
  take(limit_km: number): number {
    for (;;) {
      const best = this.#open.take();
      if (!best || best.whole_km >= limit_km) return NO_NODE;
      // An entry of a way that was bettered stays behind.
      if (best.length_km === this.#length[best.node]) return best.node;
    }
  }

  length(node: number): number {
    return this.#length[node];
  }

  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at !== NO_NODE; at = this.#from[at]) path.push(at);
    return path.reverse();
  }
}
