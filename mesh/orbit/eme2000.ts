/**
 * From TEME, in which SGP4 answers, to EME2000 (J2000): precession of 1976 and nutation of 1980, both of
 * the IAU, as Vallado, Fundamentals of Astrodynamics, 4th ed., 3.7, has them.
 * TEME lies in the true equator, and its x axis is the mean equinox: off the true one by the equation of
 * the equinoxes. Of the nutation the terms of a thousandth of an arcsecond and more are summed: those left
 * out move a node in low orbit by less than half a metre, far below what SGP4 is good to. The corrections
 * that are observed (some 0.05 arcseconds, 2 m) are left out as well: EME2000, not the ICRF.
 * @module
 */
import type { EpochMs } from "../units.ts";
import { MS_PER_DAY, RADIANS_PER_DEGREE } from "../units.ts";

// Noon of 2000-01-01, TT. UTC has been 69.184 s behind TT since 2017: a second of it turns nothing that
// shows.
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const TT_UTC_MS = 69_184;
const DAYS_PER_CENTURY = 36_525;
const ARCSECOND = RADIANS_PER_DEGREE / 3_600;
// The unit of the table.
const TENTH_MILLI_ARCSECOND = ARCSECOND * 1e-4;

/** Multiples of l, l', F, D and the Moon's node; longitude by the sine, obliquity by the cosine. */
type Term = readonly [number, number, number, number, number, number, number, number, number];

// deno-fmt-ignore -- a table, as the IAU (Seidelmann, Celestial Mechanics 27, 1982) has it
const NUTATION: readonly Term[] = [
  [0, 0, 0, 0, 1, -171_996, -174.2, 92_025, 8.9],
  [0, 0, 0, 0, 2, 2_062, 0.2, -895, 0.5],
  [-2, 0, 2, 0, 1, 46, 0, -24, 0],
  [2, 0, -2, 0, 0, 11, 0, 0, 0],
  [0, 0, 2, -2, 2, -13_187, -1.6, 5_736, -3.1],
  [0, 1, 0, 0, 0, 1_426, -3.4, 54, -0.1],
  [0, 1, 2, -2, 2, -517, 1.2, 224, -0.6],
  [0, -1, 2, -2, 2, 217, -0.5, -95, 0.3],
  [0, 0, 2, -2, 1, 129, 0.1, -70, 0],
  [2, 0, 0, -2, 0, 48, 0, 1, 0],
  [0, 0, 2, -2, 0, -22, 0, 0, 0],
  [0, 2, 0, 0, 0, 17, -0.1, 0, 0],
  [0, 1, 0, 0, 1, -15, 0, 9, 0],
  [0, 2, 2, -2, 2, -16, 0.1, 7, 0],
  [0, -1, 0, 0, 1, -12, 0, 6, 0],
  [0, 0, 2, 0, 2, -2_274, -0.2, 977, -0.5],
  [1, 0, 0, 0, 0, 712, 0.1, -7, 0],
  [0, 0, 2, 0, 1, -386, -0.4, 200, 0],
  [1, 0, 2, 0, 2, -301, 0, 129, -0.1],
  [1, 0, 0, -2, 0, -158, 0, -1, 0],
  [-1, 0, 2, 0, 2, 123, 0, -53, 0],
  [0, 0, 0, 2, 0, 63, 0, -2, 0],
  [1, 0, 0, 0, 1, 63, 0.1, -33, 0],
  [-1, 0, 0, 0, 1, -58, -0.1, 32, 0],
  [-1, 0, 2, 2, 2, -59, 0, 26, 0],
  [1, 0, 2, 0, 1, -51, 0, 27, 0],
  [0, 0, 2, 2, 2, -38, 0, 16, 0],
  [2, 0, 0, 0, 0, 29, 0, -1, 0],
  [1, 0, 2, -2, 2, 29, 0, -12, 0],
  [2, 0, 2, 0, 2, -31, 0, 13, 0],
  [0, 0, 2, 0, 0, 26, 0, -1, 0],
  [-1, 0, 2, 0, 1, 21, 0, -10, 0],
  [-1, 0, 0, 2, 1, 16, 0, -8, 0],
  [1, 0, 0, -2, 1, -13, 0, 7, 0],
  [-1, 0, 2, 2, 1, -10, 0, 5, 0],
];

/**
 * Turns a state from TEME into EME2000. The axes of TEME turn by 8e-12 rad/s, which shows in no velocity.
 * @param state six numbers, TEME of date: position in km, velocity in km/s
 * @param at the state's instant
 * @param out receives six numbers, EME2000, in the same units; it may be `state`
 */
export function temeToEme2000(state: Float64Array, at: EpochMs, out: Float64Array): void {
  const turn = turnFrom(at);
  for (let half = 0; half < 6; half += 3) {
    const [x, y, z] = [state[half], state[half + 1], state[half + 2]];
    for (let row = 0; row < 3; row++) {
      const [a, b, c] = turn[row];
      out[half + row] = a * x + b * y + c * z;
    }
  }
}

type Matrix = readonly (readonly [number, number, number])[];

/** The rotation of an instant: all of it is slow, but a day turns a node in low orbit by some metres. */
function turnFrom(at: EpochMs): Matrix {
  const t = (at + TT_UTC_MS - J2000_MS) / MS_PER_DAY / DAYS_PER_CENTURY;
  const mean = (84_381.448 - 46.815 * t - 0.00059 * t ** 2 + 0.001813 * t ** 3) * ARCSECOND;
  const { longitude, obliquity } = nutation(t);
  const zeta = (2_306.2181 * t + 0.30188 * t ** 2 + 0.017998 * t ** 3) * ARCSECOND;
  const theta = (2_004.3109 * t - 0.42665 * t ** 2 - 0.041833 * t ** 3) * ARCSECOND;
  const z = (2_306.2181 * t + 1.09468 * t ** 2 + 0.018203 * t ** 3) * ARCSECOND;
  const trueOfDate = aboutZ(-longitude * Math.cos(mean));
  const meanOfDate = [aboutX(-mean), aboutZ(longitude), aboutX(mean + obliquity), trueOfDate];
  return [aboutZ(zeta), aboutY(-theta), aboutZ(z), ...meanOfDate].reduce(product);
}

/** In longitude and in obliquity, rad. @param t centuries since J2000 */
function nutation(t: number): { longitude: number; obliquity: number } {
  const degrees = [
    134.96298139 + (1_325 * 360 + 198.8673981) * t + 0.0086972 * t ** 2 + 1.78e-5 * t ** 3,
    357.52772333 + (99 * 360 + 359.05034) * t - 0.0001603 * t ** 2 - 3.3e-6 * t ** 3,
    93.27191028 + (1_342 * 360 + 82.0175381) * t - 0.0036825 * t ** 2 + 3.1e-6 * t ** 3,
    297.85036306 + (1_236 * 360 + 307.11148) * t - 0.0019142 * t ** 2 + 5.3e-6 * t ** 3,
    125.04452222 - (5 * 360 + 134.1362608) * t + 0.0020708 * t ** 2 + 2.2e-6 * t ** 3,
  ];
  const [l, l1, f, d, node] = degrees.map((angle) => (angle % 360) * RADIANS_PER_DEGREE);
  let longitude = 0;
  let obliquity = 0;
  for (const [ml, ml1, mf, md, mnode, sine, sine_t, cosine, cosine_t] of NUTATION) {
    const angle = ml * l + ml1 * l1 + mf * f + md * d + mnode * node;
    longitude += (sine + sine_t * t) * Math.sin(angle);
    obliquity += (cosine + cosine_t * t) * Math.cos(angle);
  }
  return {
    longitude: longitude * TENTH_MILLI_ARCSECOND,
    obliquity: obliquity * TENTH_MILLI_ARCSECOND,
  };
}

/** Coordinates in axes that are turned about x by an angle, rad; so of y and z below. */
function aboutX(angle: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [[1, 0, 0], [0, cos, sin], [0, -sin, cos]];
}

function aboutY(angle: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]];
}

function aboutZ(angle: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]];
}

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map(([x, y, z]) =>
    [0, 1, 2].map((column) => x * b[0][column] + y * b[1][column] + z * b[2][column])
  ) as unknown as Matrix;
