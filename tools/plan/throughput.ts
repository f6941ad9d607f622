/**
 * The most that the flows can carry together: each divides itself among its ways, up to what it wants, and no
 * link carries more than it can. A linear programme, solved by HiGHS.
 *
 * Few laser links are ever full: the programme begins with the links to the ground, and takes in those lasers
 * that its optimum overfills, until there are none. Then it is the optimum with all links. Before each solution,
 * what decides nothing is left out: links that are wide enough for all who could ever take them, and of a flow
 * each way whose narrow links are those of another, or more.
 * @module
 */
import type { Flow, Flows } from "./flows.ts";
import { maximum } from "./packing.ts";

/** What the network carries. */
export interface Throughput {
  gbit_s: number;
  /** By flow: the share of what it wants that is carried, 0 to 1. One optimum of many. */
  shares: Float64Array;
  /** How large the last programme was: its ways, and its rows. */
  columns: number;
  rows: number;
}

// Of a link's capacity: HiGHS keeps rows to 1e-7.
const OVERFULL = 1 + 1e-6;

/**
 * Finds the greatest throughput.
 * @throws Error if an optimum cannot be proved
 */
export async function greatestThroughput({ flows, capacity }: Flows): Promise<Throughput> {
  const regarded = new Uint8Array(capacity.length);
  for (const way of flows.flatMap(({ links }) => links)) {
    regarded[way[0]] = regarded[way[way.length - 1]] = 1;
  }
  for (;;) {
    const { carried, ...solved } = await optimumWithin({ flows, capacity }, regarded);
    if (regardOverfull({ flows, capacity }, { carried, regarded })) continue;
    const shares = Float64Array.from(flows, ({ gbit_s }, f) => {
      const all = carried[f].reduce((sum, one) => sum + one, 0);
      return gbit_s > 0 ? all / gbit_s : Number(carried[f].length > 0);
    });
    return { ...solved, shares };
  }
}

/** @returns whether there was any */
function regardOverfull(
  { flows, capacity }: Flows,
  { carried, regarded }: { carried: readonly Float64Array[]; regarded: Uint8Array },
): boolean {
  const load = new Float64Array(capacity.length);
  flows.forEach(({ links }, f) =>
    links.forEach((way, w) => {
      for (const link of way) load[link] += carried[f][w];
    })
  );
  let isAny = false;
  load.forEach((gbit_s, link) => {
    if (regarded[link] || gbit_s <= capacity[link] * OVERFULL) return;
    regarded[link] = 1;
    isAny = true;
  });
  return isAny;
}

interface Optimum {
  gbit_s: number;
  /** By flow and way, Gbit/s. */
  carried: Float64Array[];
  columns: number;
  rows: number;
}

/** @param regarded by link: whether its capacity counts */
async function optimumWithin(
  { flows, capacity }: Flows,
  regarded: Uint8Array,
): Promise<Optimum> {
  const { narrow, isNarrow } = reduced({ flows, capacity }, regarded);
  const row = new Int32Array(capacity.length).fill(-1);
  const upper: number[] = [];
  capacity.forEach((gbit_s, link) => {
    if (isNarrow[link]) row[link] = upper.push(gbit_s) - 1;
  });
  const [starts, indices, of]: [number[], number[], [number, number][]] = [[0], [], []];
  const carried = flows.map(({ links }) => new Float64Array(links.length));
  let free = 0;
  flows.forEach(({ gbit_s }, f) => {
    const open = narrow[f].find(({ links }) => links.length === 0);
    if (open) {
      free += gbit_s;
      carried[f][open.way] = gbit_s;
      return;
    }
    if (gbit_s === 0 || narrow[f].length === 0) return;
    const wanted = upper.push(gbit_s) - 1;
    for (const { way, links } of narrow[f]) {
      indices.push(wanted, ...links.map((link) => row[link]));
      starts.push(indices.length);
      of.push([f, way]);
    }
  });
  const values = await maximum({
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    upper,
  });
  values.forEach((gbit_s, column) => {
    const [f, way] = of[column];
    carried[f][way] = gbit_s;
  });
  const gbit_s = values.reduce((sum, one) => sum + one, free);
  return { gbit_s, carried, columns: of.length, rows: upper.length };
}

/** A way of a flow that counts, with its narrow links. */
interface Narrow {
  way: number;
  links: number[];
}

function reduced(
  { flows, capacity }: Flows,
  regarded: Uint8Array,
): { narrow: Narrow[][]; isNarrow: Uint8Array } {
  const only = (ways: readonly Narrow[], holds: Uint8Array): Narrow[] =>
    ways.map(({ way, links }) => ({ way, links: links.filter((link) => holds[link]) }));
  let narrow = flows.map(({ links }) =>
    only(links.map((all, way) => ({ way, links: [...all] })), regarded)
  );
  const isNarrow = new Uint8Array(capacity.length);
  for (let left = Infinity;;) {
    const load = loadAtMost(flows, narrow, capacity.length);
    capacity.forEach((gbit_s, link) => isNarrow[link] = Number(load[link] > gbit_s));
    narrow = narrow.map((ways) => least(only(ways, isNarrow)));
    const now = narrow.flat().reduce((sum, { links }) => sum + links.length, 0);
    if (now === left) return { narrow, isNarrow };
    left = now;
  }
}

/** What links would carry if every flow sent all that it wants over each of its ways. */
function loadAtMost(flows: readonly Flow[], narrow: readonly Narrow[][], links: number) {
  const load = new Float64Array(links);
  flows.forEach(({ gbit_s }, f) => {
    for (const link of new Set(narrow[f].flatMap(({ links }) => links))) load[link] += gbit_s;
  });
  return load;
}

/** Those that hold no other: the shorter first, so that what could be held comes before. */
function least(ways: readonly Narrow[]): Narrow[] {
  const kept: Narrow[] = [];
  for (const one of ways.toSorted((a, b) => a.links.length - b.links.length)) {
    const links = new Set(one.links);
    if (!kept.some((other) => other.links.every((link) => links.has(link)))) kept.push(one);
  }
  return kept;
}
