/**
 * Nodes whose ephemerides are read back, and where satellite.js has them.
 */
import { eciToEcf, gstime, json2satrec, sgp4 } from "satellite.js";
import { packCatalogue } from "../../../../mesh/orbit/catalogue.ts";
import { type Constellation, ommOf } from "../../../../mesh/orbit/constellation.ts";
import { FILED } from "../../../../mesh/orbit/filed.ts";
import { importedConstellation } from "../../../../mesh/orbit/imported-constellation.ts";
import { READERS } from "../../../../mesh/orbit/import/format.ts";
import { epochMs, seconds } from "../../../../mesh/units.ts";
import type { Flight } from "../../../../mesh/export/flown.ts";

/** In low, high and eccentric orbits, with names and designators of their own. */
export async function catalogued(): Promise<Constellation> {
  const path = new URL("../../../fixtures/orbits/92-geo-meo-heo.tle", import.meta.url);
  const reader = READERS.TLE();
  const outcomes = [...reader.push(await Deno.readTextFile(path)), ...reader.end()];
  const records = outcomes.flatMap((outcome) => outcome.ok ? [outcome.record] : []);
  return importedConstellation(packCatalogue({ label: "cases", records }));
}

/** Every so many nodes of Starlink as filed, over two hours and 12.5 s: the last step is shorter. */
export function filedFlight(nodes_max: number): Flight {
  const from = epochMs(Date.UTC(2026, 2, 20, 12, 0, 0, 250));
  const step = Math.floor(FILED.count / nodes_max);
  return {
    constellation: FILED,
    nodes: Array.from({ length: nodes_max }, (_, n) => n * step),
    span: { from, until: epochMs(from + 2 * 3_600_000 + 12_500), step: seconds(60) },
  };
}

/** All nodes of a catalogue, for six hours from its newest elements. */
export function cataloguedFlight(constellation: Constellation): Flight {
  const nodes = Array.from({ length: constellation.count }, (_, n) => n);
  const from = epochMs(Math.max(...nodes.map((n) => constellation.elements(n).epoch)));
  return {
    constellation,
    nodes,
    span: { from, until: epochMs(from + 6 * 3_600_000), step: seconds(300) },
  };
}

/** Straight from satellite.js: km and km/s in TEME, and km in Earth-fixed axes. */
export function satelliteJs(constellation: Constellation, node: number, at: number) {
  const satrec = json2satrec({ ...ommOf(constellation, node) });
  // Not by its propagate(): a Julian date in one number is good to 40 us, 0.3 m of flight.
  const { position, velocity } = sgp4(satrec, (at - constellation.elements(node).epoch) / 60_000)!;
  const { x, y, z } = eciToEcf(position, gstimeOf(at));
  return {
    teme: [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z],
    fixed: [x, y, z],
  };
}

/** Greenwich mean sidereal time. */
export const gstimeOf = (at: number): number => gstime(at / 86_400_000 + 2_440_587.5);

export const written = (pieces: Iterable<string>): string => [...pieces].join("");
