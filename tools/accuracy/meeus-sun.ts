/**
 * The Sun to two arc seconds, to measure ours against: J. Meeus, Astronomical Algorithms, 2nd ed. (1998),
 * chapter 25, "higher accuracy": the Earth's longitude by VSOP87 (Appendix III, its terms down to
 * 0.4 arc seconds; the latitude of 1 arc second left out), aberration, nutation.
 * @module
 */

type Term = readonly [amplitude: number, phase: number, speed: number];

// Units of 1e-8 rad, radians, radians per thousand years.
// deno-fmt-ignore
const L0: readonly Term[] = [
  [175347046, 0, 0], [3341656, 4.6692568, 6283.07585], [34894, 4.6261, 12566.1517],
  [3497, 2.7441, 5753.3849], [3418, 2.8289, 3.5231], [3136, 3.6277, 77713.7715],
  [2676, 4.4181, 7860.4194], [2343, 6.1352, 3930.2097], [1324, 0.7425, 11506.7698],
  [1273, 2.0371, 529.691], [1199, 1.1096, 1577.3435], [990, 5.233, 5884.927],
  [902, 2.045, 26.298], [857, 3.508, 398.149], [780, 1.179, 5223.694], [753, 2.533, 5507.553],
  [505, 4.583, 18849.228], [492, 4.205, 775.523], [357, 2.92, 0.067], [317, 5.849, 11790.629],
  [284, 1.899, 796.298], [271, 0.315, 10977.079], [243, 0.345, 5486.778], [206, 4.806, 2544.314],
  [205, 1.869, 5573.143], [202, 2.458, 6069.777],
];
// deno-fmt-ignore
const L1: readonly Term[] = [
  [628331966747, 0, 0], [206059, 2.678235, 6283.07585], [4303, 2.6351, 12566.1517], [425, 1.59, 3.523],
];
const L2: readonly Term[] = [[52919, 0, 0], [8720, 1.0721, 6283.0758], [309, 0.867, 12566.152]];

const RAD = Math.PI / 180;
const ARC_SECOND = RAD / 3_600;
const MS_PER_DAY = 86_400_000;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
// Terrestrial time less UTC: 37 leap seconds so far, and 32.184 s; the Sun moves 2.8 arc seconds in it.
const TT_UTC_MS = 69_184;

const sum = (series: readonly Term[], millennia: number): number =>
  1e-8 * series.reduce((total, [a, b, c]) => total + a * Math.cos(b + c * millennia), 0);

export interface ApparentSun {
  /** Radians: apparent longitude, true obliquity, nutation in longitude. */
  longitude: number;
  obliquity: number;
  nutation: number;
}

/** @param days terrestrial, since 2000-01-01 12:00 */
export function apparentSun(days: number): ApparentSun {
  const T = days / 36_525;
  const t = T / 10;
  const earth = sum(L0, t) + t * (sum(L1, t) + t * sum(L2, t));
  // To the FK5, and 20.5 arc seconds of aberration at the mean distance.
  const sun = earth + Math.PI - (0.09033 + 20.4955) * ARC_SECOND;
  // Chapter 22, to half an arc second.
  const node = (125.04452 - 1_934.136261 * T) * RAD;
  const moon2 = 2 * (218.3165 + 481_267.8813 * T) * RAD;
  const sun2 = 2 * (280.4665 + 36_000.7698 * T) * RAD;
  const nutation = -17.20 * Math.sin(node) - 1.32 * Math.sin(sun2) - 0.23 * Math.sin(moon2) +
    0.21 * Math.sin(2 * node);
  const tilt = 9.20 * Math.cos(node) + 0.57 * Math.cos(sun2) + 0.10 * Math.cos(moon2) -
    0.09 * Math.cos(2 * node);
  return {
    longitude: sun + nutation * ARC_SECOND,
    obliquity: (23.4392911 - 0.0130042 * T) * RAD + tilt * ARC_SECOND,
    nutation: nutation * ARC_SECOND,
  };
}

/** Unit vector in TEME: true equator, counted from the mean equinox (AIAA 2006-6753, appendix C). */
export function meeusSun(at: number): { x: number; y: number; z: number } {
  const { longitude, obliquity, nutation } = apparentSun((at + TT_UTC_MS - J2000_MS) / MS_PER_DAY);
  const x = Math.cos(longitude);
  const y = Math.sin(longitude) * Math.cos(obliquity);
  const equinoxes = nutation * Math.cos(obliquity);
  const [cos, sin] = [Math.cos(equinoxes), Math.sin(equinoxes)];
  return {
    x: x * cos + y * sin,
    y: y * cos - x * sin,
    z: Math.sin(longitude) * Math.sin(obliquity),
  };
}
