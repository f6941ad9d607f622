/**
 * The network of the published row, by the published tool's own rules (LEOCraft, USENIX ATC 2025; its
 * LEO_constellation.py, plus_grid_shell.py, satellite.py), flown by our SGP4:
 *
 * - all at 2000-01-01T00:00:00Z, every other plane half a slot ahead;
 * - the mean motion from Kepler's law, and given to SGP4 as a TLE's: to its digits;
 * - each node linked with the next of its plane, and with the node of its own slot in the next plane;
 * - a station sees a node that is nearer than altitude / sin(elevation): over a flat Earth.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { propagatorOf, siderealTime } from "../../mesh/orbit/propagation.ts";
import { linkLength } from "../../mesh/placement/isl/lengths.ts";
import { PORTS } from "../../mesh/placement/isl/shell-links.ts";
import {
  degrees,
  epochMs,
  km,
  MINUTES_PER_DAY,
  radians,
  RADIANS_PER_DEGREE,
  TURN,
} from "../../mesh/units.ts";
import type { Net, PlanShell, Station } from "./net.ts";

const EPOCH = epochMs(Date.UTC(2000, 0, 1));
const EARTH_RADIUS_M = 6_378_135;
const MU_M3_S2 = 6.67408e-11 * 5.9722e24;
const ECCENTRICITY = 1e-7;
const SECONDS_PER_DAY = 86_400;

/**
 * Makes the network.
 * @param elevation_deg from which a station sees a node, by the rule above
 */
export function publishedNet(
  shells: readonly PlanShell[],
  stations: readonly Station[],
  elevation_deg: number,
): Net {
  const count = shells.reduce((sum, { planes, per_plane }) => sum + planes * per_plane, 0);
  const xyz = new Float64Array(3 * count);
  const neighbours = new Int32Array(PORTS * count);
  const reach_km = new Float64Array(count);
  let start = 0;
  for (const shell of shells) {
    placeShell(shell, xyz.subarray(3 * start));
    linkShell(shell, start, neighbours);
    const end = start + shell.planes * shell.per_plane;
    reach_km.fill(shell.altitude_km / Math.sin(elevation_deg * RADIANS_PER_DEGREE), start, end);
    start = end;
  }
  const lengths = Float64Array.from(
    neighbours,
    (to, i) => linkLength(xyz, 3 * Math.floor(i / PORTS), 3 * to),
  );
  return { neighbours, lengths, access: stations.map((one) => seenFrom(one, xyz, reach_km)) };
}

function placeShell(shell: PlanShell, xyz: Float64Array): void {
  const { altitude_km, inclination_deg, planes, per_plane } = shell;
  const radius_m = EARTH_RADIUS_M + altitude_km * 1e3;
  const period_s = Math.sqrt(4 * Math.PI ** 2 * radius_m ** 3 / MU_M3_S2);
  const revolutions = Number((SECONDS_PER_DAY / period_s).toFixed(8));
  const gmst = siderealTime(EPOCH);
  const state = new Float64Array(6);
  const angle = (deg: number) => radians(Number(deg.toFixed(4)) * RADIANS_PER_DEGREE);
  for (let plane = 0; plane < planes; plane++) {
    const ahead_deg = plane % 2 === 1 ? 360 / per_plane / 2 : 0;
    for (let slot = 0; slot < per_plane; slot++) {
      const propagate = propagatorOf({
        epoch: EPOCH,
        mean_motion: revolutions * TURN / MINUTES_PER_DAY,
        eccentricity: ECCENTRICITY,
        inclination: angle(inclination_deg),
        raan: angle(plane * 360 / planes),
        arg_perigee: radians(0),
        mean_anomaly: angle(ahead_deg + slot * 360 / per_plane),
        bstar: 0,
      });
      if (!propagate(EPOCH, state)) throw new RangeError(`No orbit at ${altitude_km} km`);
      temeToEcef(state, gmst, state);
      xyz.set(state.subarray(0, 3), 3 * (plane * per_plane + slot));
    }
  }
}

function linkShell({ planes, per_plane }: PlanShell, start: number, neighbours: Int32Array): void {
  const at = (plane: number, slot: number) =>
    start + (plane + planes) % planes * per_plane + (slot + per_plane) % per_plane;
  for (let plane = 0; plane < planes; plane++) {
    for (let slot = 0; slot < per_plane; slot++) {
      neighbours.set(
        [at(plane, slot + 1), at(plane, slot - 1), at(plane + 1, slot), at(plane - 1, slot)],
        PORTS * at(plane, slot),
      );
    }
  }
}

function seenFrom({ lat, lon }: Station, xyz: Float64Array, reach_km: Float64Array) {
  const { position: { x, y, z } } = siteOf({ lat: degrees(lat), lon: degrees(lon), alt: km(0) });
  return Array.from(reach_km, (reach, node) => {
    const [dx, dy, dz] = [xyz[3 * node] - x, xyz[3 * node + 1] - y, xyz[3 * node + 2] - z];
    return { node, range_km: Math.hypot(dx, dy, dz), reach };
  }).filter(({ range_km, reach }) => range_km <= reach)
    .map(({ node, range_km }) => ({ node, range_km }));
}
