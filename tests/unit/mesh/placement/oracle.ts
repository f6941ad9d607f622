/**
 * The sky as satellite.js alone has it: one SatRec per node, read from the exported OMM, SGP4 at the
 * very instant, no interpolation, no index, no packing. Slow and plain on purpose.
 * Of our own code it takes the shell table and the OMM export only: what any customer has.
 * @module
 */
import {
  ecfToLookAngles,
  type EcfVec3,
  eciToEcf,
  type GeodeticLocation,
  geodeticToEcf,
  gstime,
  jday,
  json2satrec,
  type SatRec,
  sgp4,
  shadowFraction,
  sunPos,
} from "satellite.js";
import {
  type Constellation,
  generatedConstellation,
} from "../../../../mesh/orbit/constellation.ts";
import { toOmm } from "../../../../mesh/orbit/elements.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";

export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);

export const RAD = Math.PI / 180;

export function satrecOf(constellation: Constellation, index: number): SatRec {
  const elements = constellation.elements(index);
  return json2satrec({ ...toOmm({ id: constellation.id(index), number: index + 1, elements }) });
}

let satrecs: SatRec[] | undefined;

/** One SatRec per node of the filed constellation: half a second and 65 MB, so made once. */
export const filedSatrecs = (): SatRec[] =>
  satrecs ??= Array.from({ length: FILED.count }, (_, index) => satrecOf(FILED, index));

/** Minutes since 2026-01-01: not by Julian date, whose last bit is 40 us, 0.3 m of flight. */
const minutesSinceEpoch = (at: number) => (at - Date.UTC(2026, 0, 1)) / 60_000;

export const gmstAt = (at: number): number => gstime(jday(new Date(at)));

/** Earth-fixed position in km of one node. */
export function ecfOf(satrec: SatRec, at: number): EcfVec3<number> {
  const state = sgp4(satrec, minutesSinceEpoch(at));
  if (!state) throw new Error(`SGP4 error ${satrec.error} for ${satrec.satnum}`);
  return eciToEcf(state.position, gmstAt(at));
}

// Equatorial over polar radius, WGS-84.
const STRETCH = 6378.137 / 6356.752;

/** How much of the Sun the Earth hides from a place in space (Earth-fixed, km): 0 to 1. */
export function hiddenSun(node: EcfVec3<number>, at: number): number {
  // The Sun is fixed in the frame of the equator: turn the node back into it.
  const gmst = gmstAt(at);
  const [cos, sin] = [Math.cos(gmst), Math.sin(gmst)];
  const eci = { x: cos * node.x - sin * node.y, y: sin * node.x + cos * node.y, z: node.z };
  // satellite.js has a round Earth; stretched along its axis, ours is one.
  const stretched = (v: { x: number; y: number; z: number }) => ({ ...v, z: v.z * STRETCH });
  return shadowFraction(stretched(sunPos(jday(new Date(at))).rsun), stretched(eci));
}

/** Earth-fixed x, y, z of every node, km. */
export function wholeSky(at: number): Float64Array {
  const out = new Float64Array(3 * FILED.count);
  const gmst = gmstAt(at);
  filedSatrecs().forEach((satrec, index) => {
    const state = sgp4(satrec, minutesSinceEpoch(at));
    if (!state) throw new Error(`SGP4 error ${satrec.error} for node ${FILED.id(index)}`);
    const { x, y, z } = eciToEcf(state.position, gmst);
    out[3 * index] = x;
    out[3 * index + 1] = y;
    out[3 * index + 2] = z;
  });
  return out;
}

export const observerOf = (
  { lat, lon, alt }: { lat: number; lon: number; alt: number },
): GeodeticLocation => ({ latitude: lat * RAD, longitude: lon * RAD, height: alt });

// A node at 614 km seen on the horizon is 2,911 km away; look angles of farther ones are not needed.
const HORIZON_KM = 3_000;

/** Every node above the mask (0 degrees or more), nearest first: a scan over all of them. */
export function aboveMask(
  { sky, place, mask_deg }: {
    sky: Float64Array;
    place: { lat: number; lon: number; alt: number };
    mask_deg: number;
  },
): { index: number; range_km: number }[] {
  const observer = observerOf(place);
  const { x, y, z } = geodeticToEcf(observer);
  const found: { index: number; range_km: number }[] = [];
  for (let index = 0; index < sky.length / 3; index++) {
    const node = { x: sky[3 * index], y: sky[3 * index + 1], z: sky[3 * index + 2] };
    if ((node.x - x) ** 2 + (node.y - y) ** 2 + (node.z - z) ** 2 > HORIZON_KM ** 2) continue;
    const { elevation, rangeSat } = ecfToLookAngles(observer, node);
    if (elevation >= mask_deg * RAD) found.push({ index, range_km: rangeSat });
  }
  return found.sort((a, b) => a.range_km - b.range_km || a.index - b.index);
}
