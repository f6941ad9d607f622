/**
 * Rain fade on the path from a place to a node, by Recommendation ITU-R P.618-13, 2.2.1.1, with two maps
 * of the ITU replaced by tables of latitude:
 * - the rain rate exceeded for 0.01 % of a year (P.837): by the rate of a rain zone that is common at the
 *   latitude. Places of one latitude differ by a factor of 2 and more.
 * - the rain height (P.839): by the latitude, as P.618-5 had it. Within about 1 km of the map.
 * What that makes wrong, in dB: docs/reference/radio.md.
 * Left out: clouds, gases, scintillation; that a cell of rain moves and ends.
 * @module
 */
import { type Degrees, type Km, km, type Radians } from "../units.ts";
import type { Rain } from "./profile.ts";
import { rainCoefficients } from "./rain-coefficients.ts";

/** A path from the ground through the rain. */
export interface RainPath {
  /** Of the place. */
  lat: Degrees;
  /** Of the place, above the sea. */
  alt: Km;
  elevation: Radians;
}

// P.618 holds from 5 degrees up; lower paths count as such.
const ELEVATION_MIN = 5 * Math.PI / 180;

/** Up to which latitude, and mm/h exceeded for 0.01 % of a year: zones N, M, K, H, E, C and A of P.837-1. */
const ZONES: readonly (readonly [lat: number, mm_h: number])[] = [
  [10, 95],
  [25, 63],
  [40, 42],
  [50, 32],
  [60, 22],
  [70, 15],
  [90, 8],
];

/**
 * The rain rate exceeded for 0.01 % of an average year, mm/h.
 * @returns of the zone that we take for the latitude; which zone that is, is our choice
 */
export const rainRateAt = (lat: Degrees): number =>
  ZONES.find(([until]) => Math.abs(lat) <= until)![1];

/** How high over the sea it rains: P.618-5, (1). */
export function rainHeightAt(lat: Degrees): Km {
  if (lat > 23) return km(Math.max(0, 5 - 0.075 * (lat - 23)));
  if (lat >= -21) return km(5);
  return km(Math.max(0, 5 + 0.1 * (lat + 21)));
}

/**
 * What the rain takes of a carrier.
 * @param ghz the carrier's frequency; P.618 holds up to 55
 * @returns dB, 0 or more. An expected value in neither sense: of the rate, or exceeded for the share,
 *   that `falls` names
 */
export function rainFade(falls: Rain["falls"], ghz: number, path: RainPath): number {
  if ("mm_h" in falls) return fadeAt(falls.mm_h, ghz, path);
  const { exceeded_percent: p } = falls;
  const often = fadeAt(rainRateAt(path.lat), ghz, path);
  if (often === 0) return 0;
  // P.618-13, step 10.
  const sin = Math.sin(Math.max(path.elevation, ELEVATION_MIN));
  const lat = Math.abs(path.lat);
  let beta = p >= 1 || lat >= 36 ? 0 : -0.005 * (lat - 36);
  if (beta !== 0 && path.elevation < 25 * Math.PI / 180) beta += 1.8 - 4.25 * sin;
  const power = 0.655 + 0.033 * Math.log(p) - 0.045 * Math.log(often) - beta * (1 - p) * sin;
  return often * (p / 0.01) ** -power;
}

/** P.618-13, steps 1 to 9. */
function fadeAt(mm_h: number, ghz: number, { lat, alt, elevation }: RainPath): number {
  const rise = rainHeightAt(lat) - alt;
  if (mm_h === 0 || rise <= 0) return 0;
  const { k, alpha } = rainCoefficients(ghz);
  const per_km = k * mm_h ** alpha;
  const theta = Math.max(elevation, ELEVATION_MIN);
  const sin = Math.sin(theta);
  const cos = Math.cos(theta);
  const slant = rise / sin;
  const level = slant * cos;
  const across = 1 /
    (1 + 0.78 * Math.sqrt(level * per_km / ghz) - 0.38 * (1 - Math.exp(-2 * level)));
  const zeta = Math.atan2(rise, level * across);
  const rainy = zeta > theta ? level * across / cos : slant;
  const chi = Math.max(0, 36 - Math.abs(lat));
  const bend = 31 * (1 - Math.exp(-(theta * 180 / Math.PI) / (1 + chi)));
  const upright = 1 /
    (1 + Math.sqrt(sin) * (bend * Math.sqrt(rainy * per_km) / (ghz * ghz) - 0.45));
  return per_km * rainy * upright;
}
