/**
 * The orbital data centre that SpaceX asked the FCC for on 30 January 2026 (SAT-LOA-20260108-00016): up
 * to 1,000,000 satellites from 500 to 2,000 km, at 30 degrees and sun-synchronous, in shells of at most
 * 50 km. A filing, not an authorisation; nobody has launched any of them.
 *
 * The filing says no more than that. The arrangement is ours: one shell of each inclination in the
 * middle of each 50 km, each of 128 planes of 130, which makes 998,400 of the million. Phasing factors
 * keep the nodes of a shell farthest apart, as in shells.ts (`npx deno run tools/phasing.ts`).
 *
 * The order of the rows and their numbers are an interface: a node's id is its slot for ever.
 * @module
 */
import type { Shell } from "./shells.ts";

const PLANES = 128;
const PER_PLANE = 130;
const LOWEST_KM = 525;
const STEP_KM = 50;

/** At 30 degrees the same factor is the best at every altitude. */
const PHASING_30 = 109;
/**
 * Sun-synchronous inclinations, degrees, and phasing factors. The node's J2 drift makes a turn a year
 * where cos(i) = -(a / 12,352 km)^3.5 (Vallado, Fundamentals of Astrodynamics, 11.4), to 0.01.
 */
// deno-fmt-ignore
const SUN_SYNCHRONOUS: readonly (readonly [inclination_deg: number, phasing: number])[] = [
  [97.50, 83], [97.69, 37], [97.89, 89], [98.09, 101], [98.29, 95],
  [98.50, 127], [98.71, 117], [98.93, 47], [99.14, 31], [99.37, 69],
  [99.59, 5], [99.83, 91], [100.06, 97], [100.30, 27], [100.54, 111],
  [100.79, 95], [101.04, 1], [101.30, 65], [101.56, 101], [101.82, 89],
  [102.09, 71], [102.37, 69], [102.65, 55], [102.93, 19], [103.22, 55],
  [103.51, 39], [103.81, 43], [104.11, 15], [104.42, 119], [104.73, 117],
];

const shell = (code: string, k: number, inclination_deg: number, phasing: number): Shell => ({
  code: `${code}${LOWEST_KM + STEP_KM * k}`,
  altitude_km: LOWEST_KM + STEP_KM * k,
  inclination_deg,
  planes: PLANES,
  per_plane: PER_PLANE,
  phasing,
});

/** Rows are never reordered or changed: a node's id is its slot for ever. */
export const ORBITAL_DATA_CENTRE_FILED: readonly Shell[] = SUN_SYNCHRONOUS.flatMap(
  ([inclination_deg, phasing], k) => [
    shell("T", k, 30, PHASING_30),
    shell("S", k, inclination_deg, phasing),
  ],
);
