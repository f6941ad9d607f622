/**
 * The constellations, skies and origins that benches share. All seeded.
 * @module
 */
import { siteOf } from "../mesh/geo/site.ts";
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import { type Constellation, generatedConstellation } from "../mesh/orbit/constellation.ts";
import type { Geodetic } from "../mesh/orbit/frames.ts";
import { KnotAlmanac } from "../mesh/orbit/knot-almanac.ts";
import { computeKnot, knotNumber } from "../mesh/orbit/knot.ts";
import { ORBITAL_DATA_CENTRE_FILED } from "../mesh/orbit/orbital-data-centre.ts";
import { Propagator } from "../mesh/orbit/propagation.ts";
import { ShellAlmanac } from "../mesh/orbit/shell-almanac.ts";
import { type Shell, STARLINK_FILED } from "../mesh/orbit/shells.ts";
import type { Ask } from "../mesh/placement/ask.ts";
import type { View } from "../mesh/placement/finder.ts";
import { GridFinder } from "../mesh/placement/grid-finder.ts";
import { buildGrid } from "../mesh/placement/grid.ts";
import { Hints } from "../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../mesh/placement/links.ts";
import type { Scores } from "../mesh/placement/scores.ts";
import { ShellFinder } from "../mesh/placement/shells/shell-finder.ts";
import type { Sky } from "../mesh/placement/sky.ts";
import { degrees, epochMs, km } from "../mesh/units.ts";
import { mulberry32 } from "../mesh/mulberry32.ts";
import { nearestAsk } from "../tools/nearest-ask.ts";

export { FILED } from "../mesh/orbit/filed.ts";
/** What untouched nodes hold, and asks run. */
export const MODEL = { model: "scene-indices", bytes: 1e6 };
const RESIDENT = [MODEL];
export const AT = epochMs(Date.UTC(2026, 10, 23, 12, 0, 30));

/** By tables: what the mesh does with a generated constellation. */
export function skyOf(constellation: Constellation): Sky {
  const almanac = new ShellAlmanac(constellation);
  return { almanac, finder: new ShellFinder(almanac), ...nothingKnown() };
}

/** By knots and a grid: what it does with a catalogue, and did with generated ones before. */
export function knotSkyOf(
  constellation: Constellation,
  at = AT,
): Sky & { almanac: KnotAlmanac; finder: GridFinder } {
  const almanac = almanacOf(constellation, at);
  return { almanac, finder: new GridFinder(almanac, buildGrid(almanac, at)), ...nothingKnown() };
}

export function almanacOf(constellation: Constellation, at = AT): KnotAlmanac {
  const propagator = new Propagator(constellation);
  const number = knotNumber(at);
  const [first, second] = [number, number + 1].map((n) =>
    computeKnot(constellation, propagator, n)
  );
  return new KnotAlmanac(constellation, first, second);
}

const nothingKnown = () => ({
  hints: new Hints(),
  physics: {
    profiles: new ShellProfiles(DEFAULT_PROFILE),
    rates: DEFAULT_RATES,
    launched: () => RESIDENT,
  },
});

/** Ranks by the length of the way alone. */
export const byRange: Scores = { at: (km) => km, longest: (km) => km, of: (_index, km) => km };

/** From a place, at AT, over the mask of 25 degrees. */
export const viewOf = (place: Geodetic): View => ({
  at: AT,
  site: siteOf(place),
  sin_mask: Math.sin(25 * Math.PI / 180),
});

/** An ask that only the way decides. */
export const askOf = (origin: Geodetic): Ask => ({
  ...nearestAsk(AT, origin),
  model: MODEL.model,
  memory_bytes: MODEL.bytes,
  class: "realtime",
});

/** Gen1 alone, a Walker shell of one plane size, the filing, or more of its densest kind. */
export function constellationOf(count: number): Constellation {
  const shells = SIZES[count];
  if (!shells) throw new RangeError(`No constellation of ${count} nodes is kept for benches`);
  return generatedConstellation(`bench-${count}`, shells);
}

const gen1 = STARLINK_FILED.filter(({ code }) => code.startsWith("G1"));
const walker = (planes: number, per_plane: number, altitude_km: number): Shell => ({
  code: `W${altitude_km}`,
  altitude_km,
  inclination_deg: 53,
  planes,
  per_plane,
  phasing: 1,
});
const SIZES: Record<number, readonly Shell[]> = {
  1584: gen1.slice(0, 1),
  4392: [walker(61, 72, 550)],
  4408: gen1,
  10_000: [walker(100, 100, 550)],
  41_914: STARLINK_FILED,
  100_000: [walker(200, 250, 550), walker(200, 250, 345)],
  300_000: [345, 450, 550].map((altitude_km) => walker(400, 250, altitude_km)),
  998_400: ORBITAL_DATA_CENTRE_FILED,
  1_000_000: Array.from({ length: 40 }, (_, k) => walker(100, 250, 340 + 25 * k)),
};

/** Uniform over the sphere, or between two latitudes. */
export function randomOrigins(seed: number, n: number, latMax = 90): Geodetic[] {
  const random = mulberry32(seed);
  const sinMax = Math.sin(latMax * Math.PI / 180);
  return Array.from({ length: n }, () => ({
    lat: degrees(Math.asin((2 * random() - 1) * sinMax) * 180 / Math.PI),
    lon: degrees(360 * random() - 180),
    alt: km(0),
  }));
}
