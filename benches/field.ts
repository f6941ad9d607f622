/**
 * The constellations, skies and origins that benches share. All seeded.
 * @module
 */
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { KnotAlmanac } from "../mesh/orbit/knot-almanac.ts";
import { type Constellation, generatedConstellation } from "../mesh/orbit/constellation.ts";
import { computeKnot, knotNumber } from "../mesh/orbit/knot.ts";
import { Propagator } from "../mesh/orbit/propagation.ts";
import { type Shell, STARLINK_FILED } from "../mesh/orbit/shells.ts";
import { buildGrid } from "../mesh/placement/grid.ts";
import { GridFinder } from "../mesh/placement/grid-finder.ts";
import { Hints } from "../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../mesh/placement/links.ts";
import type { Sky } from "../mesh/placement/sky.ts";
import { degrees, epochMs, km } from "../mesh/units.ts";
import type { Geodetic } from "../mesh/orbit/frames.ts";
import { mulberry32 } from "../tools/mulberry32.ts";

export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
/** What untouched nodes hold, and asks run. */
export const MODEL = { model: "scene-indices", bytes: 1e6 };
export const AT = epochMs(Date.UTC(2026, 10, 23, 12, 0, 30));

export function almanacOf(constellation: Constellation, at = AT): KnotAlmanac {
  const propagator = new Propagator(constellation);
  const number = knotNumber(at);
  const [first, second] = [number, number + 1].map((n) =>
    computeKnot(constellation, propagator, n)
  );
  return new KnotAlmanac(constellation, first, second);
}

export function skyOf(constellation: Constellation, at = AT): Sky {
  const almanac = almanacOf(constellation, at);
  return {
    almanac,
    finder: new GridFinder(almanac, buildGrid(almanac, at)),
    hints: new Hints(constellation.count),
    physics: { profile: DEFAULT_PROFILE, rates: DEFAULT_RATES, resident: [MODEL] },
  };
}

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
