/**
 * Where round trips over Starlink have been measured, what was found, and the parameters that are fitted
 * to it. What each figure is and is not: docs/explanation/ground.md#round-trips.
 * @module
 */
import type { Access } from "./access.ts";
import type { Figure } from "./figure.ts";
import type { Targets } from "./fit.ts";

/** One publication. */
export interface Setting {
  name: string;
  /** ISO 3166-1, two letters each. */
  countries: readonly string[];
  within: (lat: number, lon: number) => boolean;
  published: readonly Figure[];
  access: Access;
}

// Of all settings. Fitted: floor, grant and spread. From publications: slots and gap.
const SPREAD = 1.44;
const SHARED = {
  floor_ms: 7.6,
  grant_ms: 14.6,
  slot_ms: 15_000,
  slot_at_ms: 12_000,
  gap_ms: 50,
};

/** What the parameters are fitted to (fit.ts). */
export const TARGETS: Targets = {
  europe_least: 15.8,
  europe_median: 33.7,
  europe_p95: 110,
  us_median: 25.7,
  us_jitter: 6.7,
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
    access: { ...SHARED, queue: { median_ms: 0.87, spread: SPREAD } },
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
    access: { ...SHARED, queue: { median_ms: 8.1, spread: SPREAD } },
  },
];
