/**
 * No placement of a case's asks takes less of the batteries than this: the optimum of a linear programme
 * that HiGHS solves.
 *
 * An ask is a number of NPU seconds, to be had from any nodes that links lead to, at any time between the
 * ask and the last instant from which the answer comes in time; a node gives no more NPU seconds than there
 * are. Time is cut into pieces, a node's also where it enters or leaves the shadow, so that a second of a
 * piece costs what an NPU draws beside idling where the piece is dark, and nothing where it is lit. Every
 * schedule that keeps its deadlines is a solution: it gives each ask whole to one node, in one run, and
 * knows nothing of later asks, none of which the programme asks for. So the bound is one for whoever sees
 * all the day's asks beforehand, too.
 * @module
 */
import highsModule, { type ModelData } from "highs";
import { npuDraw, npuTime } from "../../mesh/node/profile.ts";
import { siteOf } from "../../mesh/geo/site.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { allLengths, allPositions } from "../../mesh/placement/isl/lengths.ts";
import { LENGTH_MAX_KM } from "../../mesh/placement/isl/length-max.ts";
import { neighboursOf } from "../../mesh/placement/isl/neighbours.ts";
import { PathSearch } from "../../mesh/placement/isl/path-search.ts";
import { type Access, shortestPaths } from "../../mesh/placement/isl/shortest-paths.ts";
import { LIGHT_KM_S } from "../../mesh/placement/links.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import { transfersOf } from "../../mesh/placement/timing.ts";
import { type EpochMs, epochMs, type Joules, joules, toRadians } from "../../mesh/units.ts";
import type { StudyAsk } from "../../study/ask.ts";
import type { WearCase } from "./wear-case.ts";

// Shorter pieces make the bound a little tighter, and the programme larger.
const PIECE_MS = 10_000;

/** A stretch of one node's time, lit or dark from end to end. */
export interface Piece {
  from: number;
  until: number;
  lit: boolean;
}

/** NPU seconds that an ask needs, and where they can come from. */
export interface Need {
  npu_s: number;
  /** Between which instants each node can run it. */
  nodes: readonly { node: number; from: number; until: number }[];
}

/** A bound, and how large the programme was. */
export interface Bound {
  energy: Joules;
  columns: number;
  rows: number;
}

/**
 * Bounds what the batteries give for some of a case's asks.
 * @param served the indices of those that are to be served; each must have a deadline
 */
export async function wearBound(wearCase: WearCase, served: readonly number[]): Promise<Bound> {
  const { constellation, profiles, from, until, kinds } = wearCase.run;
  const [profile] = profiles.kinds;
  const ways = new Ways(wearCase.run);
  const needs = served.map((a): Need => {
    const ask = wearCase.asks[a];
    const npu_s = npuTime(kinds[ask.kind].operations, 1, profile);
    const latest = ways.latest(ask);
    const nodes = [...latest].filter(([, by]) => by >= ask.at + npu_s * 1e3);
    return { npu_s, nodes: nodes.map(([node, by]) => ({ node, from: ask.at, until: by })) };
  });
  const last = Math.max(
    ...needs.flatMap(({ nodes }) => nodes.map((window) => window.until)),
    until,
  );
  const pieces = Array.from(
    { length: constellation.count },
    (_, node) => piecesOf(sunlightOf(constellation.elements(node))(from, epochMs(last)), from),
  );
  const watts = npuDraw(1, profile) - npuDraw(0, profile);
  return await leastEnergy(needs, pieces, watts);
}

/** Solves the programme. @param pieces by node, in order of time @param watts of an NPU beside idling */
export async function leastEnergy(
  needs: readonly Need[],
  pieces: readonly (readonly Piece[])[],
  watts: number,
): Promise<Bound> {
  const rows = new Map<string, number>();
  const rowUpper: number[] = needs.map(({ npu_s }) => npu_s);
  const [cost, upper, starts, indices]: number[][] = [[], [], [0], []];
  needs.forEach(({ nodes }, need) => {
    for (const window of nodes) {
      pieces[window.node].forEach((piece, p) => {
        const shared = Math.min(piece.until, window.until) - Math.max(piece.from, window.from);
        if (shared <= 0) return;
        const key = `${window.node}.${p}`;
        if (!rows.has(key)) {
          rows.set(key, rowUpper.length);
          rowUpper.push((piece.until - piece.from) / 1e3);
        }
        cost.push(piece.lit ? 0 : watts);
        upper.push(shared / 1e3);
        indices.push(need, rows.get(key)!);
        starts.push(indices.length);
      });
    }
  });
  const [numCols, numRows] = [cost.length, rowUpper.length];
  const prices = await solve({
    numCols,
    numRows,
    colCost: cost,
    colLower: new Float64Array(numCols),
    colUpper: upper,
    rowLower: rowUpper.map((most, row) => row < needs.length ? most : 0),
    rowUpper,
    matrix: {
      format: "csc",
      numCols,
      numRows,
      starts,
      indices,
      values: new Float64Array(indices.length).fill(1),
    },
  });
  // By weak duality any prices give a bound, those of the optimum the best one: what it is does not rest on
  // the solver's tolerances. A full NPU's price is not above 0.
  let energy = 0;
  for (let row = 0; row < numRows; row++) {
    if (row >= needs.length) prices[row] = Math.min(0, prices[row]);
    energy += rowUpper[row] * prices[row];
  }
  for (let column = 0; column < numCols; column++) {
    const [need, piece] = [indices[starts[column]], indices[starts[column] + 1]];
    energy += upper[column] * Math.min(0, cost[column] - prices[need] - prices[piece]);
  }
  return { energy: joules(Math.max(0, energy)), columns: numCols, rows: numRows };
}

// Its types are of a CommonJS module, its code is not.
const load = highsModule as unknown as typeof highsModule.default;
type Highs = Awaited<ReturnType<typeof load>>;
let loading: Promise<Highs> | undefined;

/** @returns by row, what the optimum's cost rises by with the row's bound */
async function solve(model: ModelData) {
  const highs = await (loading ??= load());
  return highs.withModel(model, (instance) => {
    instance.run();
    const status = instance.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) {
      throw new Error(`HiGHS found no optimum: model status ${status}`);
    }
    return Float64Array.from(instance.getSolution().rowDual);
  });
}

/** By when each node has to end an ask's run. */
class Ways {
  readonly #run: WearCase["run"];
  readonly #almanac: ShellAlmanac;
  readonly #finder: ShellFinder;
  readonly #neighbours: Int32Array;
  readonly #search: PathSearch;

  constructor(run: WearCase["run"]) {
    this.#run = run;
    this.#almanac = new ShellAlmanac(run.constellation);
    this.#finder = new ShellFinder(this.#almanac);
    this.#neighbours = neighboursOf(run.constellation);
    this.#search = new PathSearch(run.constellation.count);
  }

  /** By node, as the shortest way leads to it; only nodes that some way leads to. */
  latest(ask: StudyAsk): Map<number, EpochMs> {
    const { bytes_up, bytes_down, deadline_ms } = this.#run.kinds[ask.kind];
    if ("node" in ask.origin || deadline_ms === null) {
      throw new RangeError("The bound is for asks from the ground that have a deadline");
    }
    const xyz = allPositions(this.#almanac, ask.at);
    const access: Access[] = [];
    const view = {
      at: ask.at,
      site: siteOf(ask.origin),
      sin_mask: Math.sin(toRadians(this.#run.elevation_mask)),
    };
    this.#finder.each(view, (node, range_km) => access.push({ node, range_km }));
    const lengths = allLengths(this.#almanac, this.#neighbours, xyz);
    const graph = { search: this.#search, neighbours: this.#neighbours, lengths, access };
    const { far: { up, down } } = transfersOf(
      { ...ask, bytes_up, bytes_down },
      { rates: this.#run.rates },
    );
    const latest = new Map<number, EpochMs>();
    for (const [node, length] of shortestPaths(graph).entries()) {
      if (length > LENGTH_MAX_KM) continue;
      const way_ms = (2 * length / LIGHT_KM_S + up + down) * 1e3;
      latest.set(node, epochMs(ask.at + deadline_ms - way_ms));
    }
    return latest;
  }
}

/** Cuts a node's stretches of light and shadow at every tenth second as well. */
function piecesOf(
  stretches: readonly { until: EpochMs; sunlit: boolean }[],
  from: EpochMs,
): Piece[] {
  const pieces: Piece[] = [];
  let at: number = from;
  for (const { until, sunlit } of stretches) {
    while (at < until) {
      const next = Math.min(until, (Math.floor(at / PIECE_MS) + 1) * PIECE_MS);
      pieces.push({ from: at, until: next, lit: sunlit });
      at = next;
    }
  }
  return pieces;
}
