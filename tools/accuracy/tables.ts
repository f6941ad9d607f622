/**
 * What shell tables cost: positions from a shell's curve against SGP4 at the very instant, for every
 * node of both filed constellations, over a week.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { DATA_CENTRE, FILED } from "../../mesh/orbit/filed.ts";
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { Propagator, siderealTime } from "../../mesh/orbit/propagation.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { epochMs } from "../../mesh/units.ts";
import { DAY_MS, YEAR_FROM } from "./sky.ts";
import { spread } from "./spread.ts";

export interface TableError {
  mean_m: number;
  worst_m: number;
  worst_shell: string;
}

// A week of late 2026, as far from the elements' epoch as the mesh is today.
const WEEK_FROM = YEAR_FROM + 329 * DAY_MS;
const WEEK_DAYS = 7;
const INSTANTS = 4;

/** By the constellation's name. */
export const measureTables = (): { filed: TableError; dataCentre: TableError } => ({
  filed: errorOf(FILED),
  dataCentre: errorOf(DATA_CENTRE),
});

function errorOf(constellation: Constellation): TableError {
  const almanac = new ShellAlmanac(constellation);
  const propagator = new Propagator(constellation);
  const worst = { m: 0, index: 0 };
  let sum_m = 0;
  const [exact, ours] = [new Float64Array(6), new Float64Array(3)];
  for (let k = 0; k < INSTANTS; k++) {
    const at = epochMs(WEEK_FROM + (k + spread(k, 0)) * WEEK_DAYS / INSTANTS * DAY_MS);
    const gmst = siderealTime(at);
    const positions = almanac.at(at);
    for (let index = 0; index < constellation.count; index++) {
      propagator.state(index, at, exact);
      temeToEcef(exact, gmst, exact);
      positions.position(index, ours);
      const [dx, dy, dz] = [ours[0] - exact[0], ours[1] - exact[1], ours[2] - exact[2]];
      const error_m = 1e3 * Math.sqrt(dx * dx + dy * dy + dz * dz);
      sum_m += error_m;
      if (error_m > worst.m) Object.assign(worst, { m: error_m, index });
    }
  }
  return {
    mean_m: sum_m / INSTANTS / constellation.count,
    worst_m: worst.m,
    worst_shell: constellation.groups[constellation.group(worst.index)],
  };
}
