/**
 * One generated shell as one curve: where its nodes are, by argument of latitude.
 *
 * Without drag SGP4 near the Earth knows a node's RAAN only as a turn about the pole, and its anomaly
 * only together with its perigee, as an argument of latitude that grows evenly. So all nodes of a
 * shell run along one curve, each plane's turned about the pole. 256 points of it, cubics between them
 * with slopes of sixth order, are within 7 mm of SGP4.
 *
 * One thing moves the curve. SGP4 takes an eccentricity of 0 for 1e-6, so that each orbit leans 7 m
 * towards its perigee, and perigees turn by some degrees a day. The lean is linear in the perigee's
 * cosine and sine: two more curves, of some metres, are added by them. So a table holds for ever, and
 * nothing of it is renewed.
 * @module
 */
import type { Elements } from "./elements.ts";
import { type SecularRates, secularRates, statesAlong } from "./propagation.ts";
import { SlowAngle } from "./slow-angle.ts";
import { TURN } from "../units.ts";

/** Of a shell's curve. */
export const POINTS = 256;
/** No lean moves a node farther than this. */
export const LEAN_MAX_KM = 0.03;
/** Where a table's radii can lie, as far as is known before it is made: J2 and J3 are worth 12 km. */
export const RADIUS_WAVER_KM = 20;

// The lean, 12 m, and what the waves of J2, three to a turn, do between two points are less than these.
const RADIUS_MARGIN_KM = 0.03;
const SWAY_MARGIN_RAD = 1e-5;

/** The curve of one shell, and how nodes move along it. */
export class ShellTable {
  readonly rates: SecularRates;
  /** No node of the shell comes nearer to the Earth's centre than this. */
  readonly radius_min_km: number;
  /** No node of the shell goes farther from the Earth's centre than this. */
  readonly radius_max_km: number;
  /**
   * The most by which the direction from the Earth's centre to a node differs from that of an even
   * motion around the mean plane.
   */
  readonly sway_rad: number;
  /** Its cosine. */
  readonly cos_sway: number;
  /** Its sine. */
  readonly sin_sway: number;
  /** Of each piece between two points, four coefficients of x, of y and of z, for no lean. */
  readonly pieces = new Float64Array(12 * POINTS);
  /** x, y, z of each point, and of the first again: what the perigee's cosine and sine move it by. */
  readonly lean_cosine: Float64Array;
  readonly lean_sine: Float64Array;
  /** Of the perigee, as turn() has set it. */
  readonly perigee = new SlowAngle();
  /** How far the planes have turned about the pole since the epoch, as turn() has set it. */
  readonly drift = new SlowAngle();
  /** What turn() was last asked for. */
  #minutes = NaN;

  /**
   * Some half a millisecond.
   * @param elements of any node of the shell: without drag, on a circle
   */
  constructor(elements: Elements) {
    this.rates = secularRates(elements);
    const [even, cosine, sine] = curvesOf(elements);
    this.lean_cosine = closed(cosine);
    this.lean_sine = closed(sine);
    piecesOf(even, this.pieces);
    let [min, max, least] = [Infinity, 0, 1];
    const [cos, sin] = [Math.cos(elements.inclination), Math.sin(elements.inclination)];
    for (let k = 0; k < POINTS; k++) {
      const x = even[3 * k];
      const y = even[3 * k + 1];
      const z = even[3 * k + 2];
      const r = Math.sqrt(x * x + y * y + z * z);
      const u = TURN * k / POINTS;
      min = Math.min(min, r);
      max = Math.max(max, r);
      least = Math.min(
        least,
        (x * Math.cos(u) + y * Math.sin(u) * cos + z * Math.sin(u) * sin) / r,
      );
    }
    this.radius_min_km = min - RADIUS_MARGIN_KM;
    this.radius_max_km = max + RADIUS_MARGIN_KM;
    this.sway_rad = Math.acos(least) + SWAY_MARGIN_RAD;
    this.cos_sway = Math.cos(this.sway_rad);
    this.sin_sway = Math.sin(this.sway_rad);
  }

  /** What the table holds of memory. */
  get bytes(): number {
    return this.pieces.byteLength + this.lean_cosine.byteLength + this.lean_sine.byteLength;
  }

  /**
   * Sets drift and perigee for an instant.
   * @param minutes since the elements' epoch
   */
  turn(minutes: number): void {
    if (minutes === this.#minutes) return;
    this.#minutes = minutes;
    this.perigee.set(this.rates.perigee * minutes);
    this.drift.set(this.rates.raan * minutes);
  }

  /**
   * Writes a point of the curve, as turn() has set it: the place of a node whose RAAN is 0.
   * @param latitude mean argument of latitude, in turns; any number of them
   * @param out receives x, y, z in km
   */
  at(latitude: number, out: Float64Array): void {
    const s = (latitude - Math.floor(latitude)) * POINTS;
    const k = Math.floor(s) & (POINTS - 1);
    const f = s - k;
    const o = 12 * k;
    const p = this.pieces;
    out[0] = ((p[o + 3] * f + p[o + 2]) * f + p[o + 1]) * f + p[o] + this.lean(k, f, 0);
    out[1] = ((p[o + 7] * f + p[o + 6]) * f + p[o + 5]) * f + p[o + 4] + this.lean(k, f, 1);
    out[2] = ((p[o + 11] * f + p[o + 10]) * f + p[o + 9]) * f + p[o + 8] + this.lean(k, f, 2);
  }

  /**
   * How far the lean moves a point, as turn() has set it: along a chord of its curve, right to 2 mm.
   * @param k the piece
   * @param f where in the piece, 0..1
   * @param axis 0 to 2: x, y or z
   * @returns km along that axis
   */
  lean(k: number, f: number, axis: number): number {
    const i = 3 * k + axis;
    const { lean_cosine: c, lean_sine: s, perigee } = this;
    return perigee.cos * (c[i] + f * (c[i + 3] - c[i])) +
      perigee.sin * (s[i] + f * (s[i + 3] - s[i]));
  }

  /**
   * Writes the curve's slope at a point, as turn() has set it.
   * @param latitude mean argument of latitude, in turns; any number of them
   * @param out receives the derivatives of x, y, z by time, km/s, of a node in a plane that stands still
   */
  slope(latitude: number, out: Float64Array): void {
    const s = (latitude - Math.floor(latitude)) * POINTS;
    const k = Math.floor(s) & (POINTS - 1);
    const f = s - k;
    const pace = this.rates.latitude / TURN * POINTS / 60;
    for (let axis = 0; axis < 3; axis++) {
      const o = 12 * k + 4 * axis;
      const p = this.pieces;
      const lean = this.lean(k, 1, axis) - this.lean(k, 0, axis);
      out[axis] = ((3 * p[o + 3] * f + 2 * p[o + 2]) * f + p[o + 1] + lean) * pace;
    }
  }
}

/** A closed curve's points, and the first again. */
function closed(points: Float64Array): Float64Array {
  const all = new Float64Array(points.length + 3);
  all.set(points);
  all.set(points.subarray(0, 3), points.length);
  return all;
}

/**
 * The points without lean, and by how much they move with a perigee at 0 and at a quarter turn. SGP4's
 * position is linear in e cos(perigee) and e sin(perigee) to 10 um. All three are so smooth that SGP4
 * need be asked at every fourth point only: what Lagrange puts between is right to half a millimetre.
 */
function curvesOf(elements: Elements): Float64Array[] {
  const along = statesAlong(elements);
  const state = new Float64Array(6);
  const curve = (perigee: number) => {
    const points = new Float64Array(3 * ASKED);
    for (let k = 0; k < ASKED; k++) {
      if (!along({ perigee, anomaly: TURN * k / ASKED - perigee }, state)) {
        throw new RangeError("A generated node has no orbit");
      }
      for (let axis = 0; axis < 3; axis++) points[3 * k + axis] = state[axis];
    }
    return points;
  };
  const [toward, away, aside] = [curve(0), curve(TURN / 2), curve(TURN / 4)];
  const cosine = toward.map((x, i) => (x - away[i]) / 2);
  const even = toward.map((x, i) => x - cosine[i]);
  const sine = aside.map((x, i) => x - even[i]);
  return [filled(even), filled(cosine), filled(sine)];
}

const ASKED = 64;
const STEP = POINTS / ASKED;
// How many points before and after take part: of a harmonic h, (h pi / 64)^8 / 4 of it is left.
const REACH = 4;

/** From ASKED points of a smooth closed curve to POINTS of it. */
function filled(few: Float64Array): Float64Array {
  const all = new Float64Array(3 * POINTS);
  const last = few.length;
  for (let step = 0; step < STEP; step++) {
    for (let at = 1 - REACH; at <= REACH; at++) {
      const weight = lagrange(at, step / STEP);
      for (let i = 0; i < last; i++) {
        const to = 3 * (STEP * ((i - i % 3) / 3) + step) + i % 3;
        all[to] += weight * few[(i + 3 * at + last) % last];
      }
    }
  }
  return all;
}

/** Of the polynomial through 2 REACH points from 1 - REACH on: what the one at `at` counts at `f`. */
function lagrange(at: number, f: number): number {
  let weight = 1;
  for (let other = 1 - REACH; other <= REACH; other++) {
    if (other !== at) weight *= (f - other) / (at - other);
  }
  return weight;
}

/** Cubic Hermite; slopes by differences of sixth order, which err by less than the cubics. */
function piecesOf(points: Float64Array, pieces: Float64Array): void {
  const n = points.length;
  const slopes = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    slopes[i] = (45 * (points[(i + 3) % n] - points[(i + n - 3) % n]) -
      9 * (points[(i + 6) % n] - points[(i + n - 6) % n]) +
      points[(i + 9) % n] - points[(i + n - 9) % n]) / 60;
  }
  // Of each point x, y and z in turn, four coefficients each.
  for (let i = 0; i < n; i++) {
    const next = (i + 3) % n;
    const way = points[next] - points[i];
    pieces[4 * i] = points[i];
    pieces[4 * i + 1] = slopes[i];
    pieces[4 * i + 2] = 3 * way - 2 * slopes[i] - slopes[next];
    pieces[4 * i + 3] = slopes[i] + slopes[next] - 2 * way;
  }
}
