/**
 * Flows: for each pair of stations its ways, and the links that each of those fills.
 * @module
 */
import type { Demand } from "./demand.ts";
import { pairOf } from "./demand.ts";
import { LeastWays, type Way } from "./least-ways.ts";
import type { Net } from "./net.ts";
import { groundGbit, LASER_GBIT_S } from "./radio.ts";

/** What one pair wants, and how it can go. */
export interface Flow {
  from: number;
  to: number;
  /** Both ways together. */
  gbit_s: number;
  /** Shortest first; none where one of the two sees no node, or no link leads on. */
  ways: Way[];
  /** By way: its links, as indices of Flows.capacity. */
  links: Int32Array[];
}

/** All pairs, and what links carry. */
export interface Flows {
  flows: Flow[];
  /** Gbit/s, both ways together. */
  capacity: Float64Array;
}

/**
 * Finds the ways of all pairs.
 * @param k how many of each pair
 * @param tell of every station whose pairs are done
 */
export function flowsOver(
  net: Net,
  demand: Demand,
  { k, tell = () => {} }: { k: number; tell?: (done: number) => void },
): Flows {
  const stations = net.access.length;
  const table = new LinkTable(net);
  const ways = new LeastWays(net);
  const flows: Flow[] = [];
  for (let to = 1; to < stations; to++) {
    ways.toward(to);
    for (let from = 0; from < to; from++) {
      const found = ways.from(from, k);
      const gbit_s = demand[pairOf(from, to, stations)];
      const links = found.map(({ nodes }) => table.links(from, nodes, to));
      flows.push({ from, to, gbit_s, ways: found, links });
    }
    tell(to);
  }
  return { flows, capacity: Float64Array.from(table.capacity) };
}

/** Links by who they join, numbered as they are met. */
class LinkTable {
  readonly capacity: number[] = [];
  readonly #net: Net;
  readonly #nodes: number;
  readonly #numbers = new Map<number, number>();
  /** By node: how many stations see it. */
  readonly #seen: Uint32Array;

  constructor(net: Net) {
    this.#net = net;
    this.#nodes = net.neighbours.length / 4;
    this.#seen = new Uint32Array(this.#nodes);
    for (const { node } of net.access.flat()) this.#seen[node]++;
  }

  links(from: number, nodes: readonly number[], to: number): Int32Array {
    const last = nodes.length - 1;
    const links = new Int32Array(nodes.length + 1);
    links[0] = this.#ground(from, nodes[0]);
    for (let n = 0; n < last; n++) links[n + 1] = this.#laser(nodes[n], nodes[n + 1]);
    links[last + 1] = this.#ground(to, nodes[last]);
    return links;
  }

  #laser(a: number, b: number): number {
    const key = Math.min(a, b) * this.#nodes + Math.max(a, b);
    return this.#number(key, () => LASER_GBIT_S);
  }

  #ground(station: number, node: number): number {
    return this.#number(-1 - (station * this.#nodes + node), () => {
      const { range_km } = this.#net.access[station].find((one) => one.node === node)!;
      return groundGbit(range_km, this.#seen[node]);
    });
  }

  #number(key: number, capacity: () => number): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, number = this.capacity.length);
      this.capacity.push(capacity());
    }
    return number;
  }
}
