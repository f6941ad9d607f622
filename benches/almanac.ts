/**
 * The almanac over knots, as for a catalogue: how true it is, what its upkeep costs a core, what an
 * isolate holds, and how long a cold isolate takes to its first placement once the knots are there.
 * @module
 */
import { KnotAlmanac } from "../mesh/orbit/knot-almanac.ts";
import { temeToEcef } from "../mesh/orbit/frames.ts";
import { computeKnot, KNOT_SPACING_MS, knotNumber, readKnot } from "../mesh/orbit/knot.ts";
import { Propagator, siderealTime } from "../mesh/orbit/propagation.ts";
import { Best } from "../mesh/placement/best.ts";
import { GridFinder } from "../mesh/placement/grid-finder.ts";
import { buildGrid } from "../mesh/placement/grid.ts";
import { neighboursOf } from "../mesh/placement/isl/neighbours.ts";
import { epochMs } from "../mesh/units.ts";
import { AT, byRange, FILED, randomOrigins, viewOf } from "./field.ts";
import { type Report, timeEach, us } from "./timing.ts";

// How often an isolate's grid is rebuilt (GRID_AGE_MAX_MS in functions/sky/knot-sky.ts).
const GRID_EVERY_MS = 2_000;

export function benchAlmanac({ small }: { small: boolean }): Report {
  const number = knotNumber(AT);
  const propagator = new Propagator(FILED);
  const repeats = Array(small ? 2 : 12).fill(0);
  const knot = timeEach(repeats, () => computeKnot(FILED, propagator, number)).p50_us;
  const [first, second] = [number, number + 1].map((n) => computeKnot(FILED, propagator, n));
  const almanac = new KnotAlmanac(FILED, first, second);
  const worst_m = worstError(almanac, propagator, small ? 2 : 9);
  const window = timeEach(repeats, () => new KnotAlmanac(FILED, first, second)).p50_us;
  const grid = timeEach(repeats, () => buildGrid(almanac, AT)).p50_us;
  const share = (knot + window) / 1e3 / KNOT_SPACING_MS;
  const gridShare = grid / 1e3 / GRID_EVERY_MS;
  const held = heldBytes(almanac);
  const cold = coldIsolate(first.bytes, second.bytes, number);
  return {
    title: "The almanac of 41,914 nodes by knots, as a catalogue has it",
    lines: [
      {
        what: "worst distance from SGP4 across a window, every node",
        measured: `${worst_m.toFixed(2)} m`,
        target: "1 m",
        holds: worst_m <= 1,
      },
      {
        what: "a window's knot, in its almanac object, as a share of one core",
        measured: `${us(knot)}, ${(100 * share).toFixed(3)} %`,
        target: "0.5 %",
        holds: share <= 0.005,
      },
      {
        what: "the isolate's grid, every 2 s while requests come, in slices",
        measured: `${us(grid)}, ${(100 * gridShare).toFixed(3)} %`,
        target: "0.5 %",
        holds: gridShare <= 0.005,
      },
      {
        what: "held by an isolate: three knots, two grids, links and their search",
        measured: `${(held / 1e6).toFixed(1)} MB`,
        target: "24 MB",
        holds: held < 24e6,
      },
      {
        what: "a cold isolate's first placement, from knots as they came",
        measured: us(cold),
        target: "60 ms",
        holds: cold <= 60e3,
      },
    ],
  };
}

function worstError(almanac: KnotAlmanac, propagator: Propagator, instants: number): number {
  const state = new Float64Array(6);
  const xyz = new Float64Array(3);
  let worst = 0;
  for (let k = 1; k <= instants; k++) {
    const at = epochMs(almanac.from + KNOT_SPACING_MS * k / (instants + 1));
    const gmst = siderealTime(at);
    const positions = almanac.at(at);
    for (let i = 0; i < FILED.count; i++) {
      if (!propagator.state(i, at, state)) continue;
      temeToEcef(state, gmst, state);
      positions.position(i, xyz);
      worst = Math.max(worst, Math.hypot(xyz[0] - state[0], xyz[1] - state[1], xyz[2] - state[2]));
    }
  }
  return worst * 1e3;
}

/** Sums the buffers themselves: what a heap reading would blur with everything else. */
function heldBytes(almanac: KnotAlmanac): number {
  const grid = buildGrid(almanac, AT);
  const gridBytes = grid.starts.byteLength + grid.ids.byteLength + grid.near.byteLength;
  // While it is built: each node's cell and position, and each cell's next free slot.
  const building = gridBytes + grid.starts.byteLength + 16 * FILED.count;
  // Neighbours, and the search over them: costs, parents, rings, positions (mesh/placement/isl).
  const links = neighboursOf(FILED).byteLength + 88 * FILED.count;
  return 3 * almanac.first.bytes.byteLength + gridBytes + building + links;
}

/** Not warmed up: the first run of this code path with these buffers is the point. */
function coldIsolate(first: ArrayBuffer, second: ArrayBuffer, number: number): number {
  const [origin] = randomOrigins(9, 1);
  const from = performance.now();
  const almanac = new KnotAlmanac(
    FILED,
    readKnot(first, FILED, number)!,
    readKnot(second, FILED, number + 1)!,
  );
  const grid = buildGrid(almanac, AT);
  new GridFinder(almanac, grid).above(viewOf(origin), byRange, new Best(8));
  return (performance.now() - from) * 1e3;
}
