/**
 * What taking UT1 as UTC and leaving out polar motion cost: the Earth turned or tilted by as much as
 * it can be, and what that does to placements.
 * @module
 */
import { DEFAULT_PROFILE } from "../../mesh/node/profile.ts";
import { ShellProfiles } from "../../mesh/node/shell-profiles.ts";
import { knotNumber } from "../../mesh/orbit/knot.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { buildGrid } from "../../mesh/placement/grid.ts";
import { GridFinder } from "../../mesh/placement/grid-finder.ts";
import { Hints } from "../../mesh/placement/hints.ts";
import { DEFAULT_RATES, LIGHT_KM_S } from "../../mesh/placement/links.ts";
import { Placer } from "../../mesh/placement/place.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import { degrees, epochMs, km } from "../../mesh/units.ts";
import { nearestAsk } from "../nearest-ask.ts";
import { almanacOf, DAY_MS, YEAR_FROM } from "./sky.ts";
import { spread } from "./spread.ts";

export interface Orientation {
  origins: number;
  /** Placements that go to another node. */
  moved: number;
  /** The most that light there and back takes longer to the node that we choose, nanoseconds. */
  cost_ns: number;
}

const WINDOWS = 4;
const ORIGINS_PER_WINDOW = 1_000;

/** 0.9 s: the bound that leap seconds keep |UT1 - UTC| to (ITU-R TF.460-6), at a sidereal day's rate. */
export const UT1_TURN = { lat: 0, lon: 360 * 0.9 / 86_164.1 };
/** 0.6 arc seconds: more than the 0.55 that the pole was off in May 2008 (IERS Bulletin A). */
export const POLE_TILT = { lat: 0.6 / 3_600, lon: 0 };

export function measureOrientation(shift: { lat: number; lon: number }): Orientation {
  const placer = new Placer();
  const result: Orientation = { origins: 0, moved: 0, cost_ns: 0 };
  for (let w = 0; w < WINDOWS; w++) {
    const almanac = almanacOf(knotNumber(epochMs(YEAR_FROM + spread(w, 2) * 365 * DAY_MS)));
    const at = epochMs(almanac.from + Math.floor(spread(w, 1) * 60_000));
    const sky: Sky = {
      almanac,
      finder: new GridFinder(almanac, buildGrid(almanac, at)),
      hints: new Hints(),
      physics: {
        profiles: new ShellProfiles(DEFAULT_PROFILE),
        rates: DEFAULT_RATES,
        launched: () => [],
      },
    };
    for (let k = 0; k < ORIGINS_PER_WINDOW; k++) {
      const lat = Math.asin(1.998 * spread(k, 0) - 0.999) * 180 / Math.PI;
      const lon = 360 * spread(k, 1) - 180;
      const ours = placer.rank(askOf(at, lat, lon), sky)[0]?.index;
      const truly = placer.rank(askOf(at, lat + shift.lat, lon + shift.lon), sky);
      result.origins++;
      if (ours === undefined || truly.length === 0 || truly[0].index === ours) continue;
      result.moved++;
      const chosen = truly.find((candidate) => candidate.index === ours);
      // Ours sank below the mask by the turn: it stood within a hundredth of a degree of it.
      if (!chosen) continue;
      const longer_km = 2 * (chosen.length - truly[0].length);
      result.cost_ns = Math.max(result.cost_ns, longer_km / LIGHT_KM_S * 1e9);
    }
  }
  return result;
}

const askOf = (at: Ask["at"], lat: number, lon: number): Ask =>
  nearestAsk(at, { lat: degrees(lat), lon: degrees(lon), alt: km(0) });
