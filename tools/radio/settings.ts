/**
 * Where round trips over Starlink have been measured, and what was found.
 * @module
 */

/** One published measurement: figures in ms; null where the source gives none. */
export interface Setting {
  name: string;
  /** ISO 3166-1, two letters each. */
  countries: readonly string[];
  within: (lat: number, lon: number) => boolean;
}

export const SETTINGS: readonly Setting[] = [
  {
    name: "United States",
    countries: ["US"],
    within: (lat, lon) => lat > 24 && lat < 50 && lon > -125,
  },
  {
    name: "Europe",
    countries: [
      ..."AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV NL NO PL PT RO SE SI SK"
        .split(" "),
    ],
    within: (lat, lon) => lat > 34 && lon > -12,
  },
];
