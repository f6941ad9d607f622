/**
 * Real catalogues, where they lie beside the project: placement against a scan of all of them with
 * satellite.js.
 * @module
 */
import { ecfToLookAngles, eciToEcf, gstime } from "satellite.js";
import { readCatalogue } from "../emulator/import.ts";
import { importedConstellation } from "../mesh/orbit/imported-constellation.ts";
import { Propagator } from "../mesh/orbit/propagation.ts";
import type { Geodetic } from "../mesh/orbit/frames.ts";
import { ELEVATION_MASK, Placer } from "../mesh/placement/place.ts";
import { type EpochMs, epochMs } from "../mesh/units.ts";
import { nearestAsk } from "../tools/nearest-ask.ts";
import { knotSkyOf, randomOrigins } from "./field.ts";
import type { Line, Report } from "./timing.ts";

const TIE_KM = 1e-3;
const FILES = [
  { file: "starlink-2024-12.tle", at: epochMs(Date.UTC(2024, 11, 16, 12, 0, 30)) },
  { file: "starlink-2025-05.omm.json", at: epochMs(Date.UTC(2025, 4, 14, 0, 0, 30)) },
];

export async function benchCatalogues({ small }: { small: boolean }): Promise<Report> {
  const lines: Line[] = [];
  for (const { file, at } of FILES) {
    const path = decodeURIComponent(new URL(`../../shared/data/${file}`, import.meta.url).pathname);
    const report = await readCatalogue(path, { now: at }).catch(() => null);
    if (!report) {
      lines.push({ what: file, measured: "not beside the project: skipped", holds: null });
      continue;
    }
    const constellation = importedConstellation(report.catalogue);
    const sky = knotSkyOf(constellation, at);
    const placer = new Placer();
    const oracle = oracleOf(constellation, at);
    const origins = randomOrigins(31, small ? 20 : 1_000);
    const differ = origins.filter((origin) => {
      const [best] = placer.rank(nearestAsk(at, origin), sky);
      const ranges = oracle(origin);
      const nearest = Math.min(...ranges.values());
      // By exact SGP4, whatever the almanac made of it: a satellite about to decay is off by metres.
      const ours = best?.path.length === 1 ? ranges.get(best.index) ?? Infinity : Infinity;
      return ours !== nearest && !(ours - nearest <= TIE_KM);
    }).length;
    lines.push({
      what: `${constellation.count.toLocaleString("en")} nodes of ${file} ` +
        `(${report.decayed.length} decayed, ${report.complaints_total} complaints), choices that differ`,
      measured: `${differ} of ${origins.length.toLocaleString("en")}`,
      target: "0",
      holds: differ === 0,
    });
  }
  return { title: "Real catalogues: the choice of a scan with satellite.js", lines };
}

/** Slant ranges to the nodes above the mask, by exact SGP4 at the instant. */
function oracleOf(constellation: ReturnType<typeof importedConstellation>, at: EpochMs) {
  const propagator = new Propagator(constellation);
  const gmst = gstime(new Date(at));
  const state = new Float64Array(6);
  const positions = Array.from({ length: constellation.count }, (_, i) => {
    if (!propagator.state(i, at, state)) return null;
    return eciToEcf({ x: state[0], y: state[1], z: state[2] }, gmst);
  });
  return ({ lat, lon, alt }: Geodetic): Map<number, number> => {
    const observer = { latitude: lat * Math.PI / 180, longitude: lon * Math.PI / 180, height: alt };
    const ranges = new Map<number, number>();
    for (const [index, position] of positions.entries()) {
      if (!position) continue;
      const look = ecfToLookAngles(observer, position);
      if (look.elevation < ELEVATION_MASK * Math.PI / 180) continue;
      ranges.set(index, look.rangeSat);
    }
    return ranges;
  };
}
