/**
 * Where round trips over Starlink have been measured, what was found, and the parameters that are fitted
 * to it. What each figure is and is not: docs/explanation/ground.md#round-trips.
 * @module
 */
import { STARLINK, STARLINK_BUSY } from "../../mesh/radio/starlink.ts";
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import type { Figure } from "./figure.ts";
import type { Targets } from "./fit.ts";

/** One publication. */
export interface Setting {
  name: string;
  /** ISO 3166-1, two letters each. */
  countries: readonly string[];
  within: (lat: number, lon: number) => boolean;
  published: readonly Figure[];
  profile: RadioProfile;
}

/** What the parameters are fitted to (fit.ts). */
export const TARGETS: Targets = {
  europe_least: 15.8,
  us_median: 25.7,
  europe_median: 33.7,
  europe_p95: 110,
  // Below 1 %: by how much is not published.
  us_over_55_ms: 0.0075,
};

const EUROPE =
  "AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV NL NO PL PT RO SE SI SK";

export const SETTINGS: readonly [us: Setting, europe: Setting] = [
  {
    name: "United States",
    countries: ["US"],
    within: (lat, lon) => lat > 24 && lat < 50 && lon > -125,
    published: [
      { of: 0.5, value: 25.7 },
      { of: { over_ms: 55 }, value: 0.01, isBound: true },
    ],
    profile: STARLINK,
  },
  {
    name: "Europe",
    countries: EUROPE.split(" "),
    within: (lat, lon) => lat > 34 && lon > -12,
    published: [
      { of: 0, value: 15.8 },
      { of: 0.5, value: 33.7 },
      { of: 0.95, value: 110 },
    ],
    profile: STARLINK_BUSY,
  },
];
