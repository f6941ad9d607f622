/**
 * The almanac: every node's position at any instant of one window, between two exact knots.
 *
 * Cubic Hermite per axis: p(s) = h00 p0 + h10 T v0 + h01 p1 + h11 T v1, s = (t - t0) / T.
 * Its error over 60 s is T^4/384 times the fourth derivative of the orbit: up to 0.6 m in circular ones.
 * A node whose orbit bends more has a half in the first knot, and so two cubics of 30 s.
 * @module
 */
import type { Constellation } from "./constellation.ts";
import type { Ecef } from "./frames.ts";
import { type Knot, KNOT_SPACING_MS, knotInstant, POSITION_UNITS_PER_KM } from "./knot.ts";
import { type EpochMs, epochMs } from "../units.ts";

const T_S = KNOT_SPACING_MS / 1e3;

/** Of one cubic. Positions come out in km. */
interface CubicWeights {
  p0: number;
  /** Of the second knot's position, km for each unit of 1/32 m. */
  p1: number;
  /** Of the first knot's velocity, km for each m/s. */
  v0: number;
  /** Of the second knot's velocity, km for each m/s. */
  v1: number;
}

/** The weights of one instant, shared by all nodes. */
export interface Weights extends CubicWeights {
  /** For nodes that have a half: of the cubic before it, or of the one after it. */
  half: CubicWeights;
  isAfterHalf: boolean;
}

/** @param s 0..1 of the cubic's T seconds */
function cubicWeights(s: number, T: number): CubicWeights {
  const s2 = s * s;
  const s3 = s2 * s;
  return {
    p0: (2 * s3 - 3 * s2 + 1) / POSITION_UNITS_PER_KM,
    p1: (3 * s2 - 2 * s3) / POSITION_UNITS_PER_KM,
    v0: (s3 - 2 * s2 + s) * T * 1e-3,
    v1: (s3 - s2) * T * 1e-3,
  };
}

export class Almanac {
  readonly constellation: Constellation;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly first: Knot;
  readonly second: Knot;
  /** No node comes nearer to the Earth's centre than this in the window. */
  readonly radius_min_km: number;
  /** No node goes farther from the Earth's centre than this in the window. */
  readonly radius_max_km: number;
  /** Of each node, where in the first knot's halves it is; null if there are none. */
  readonly #halfOf: Int32Array | null;

  /** @throws RangeError if `second` is not the knot that follows `first` */
  constructor(constellation: Constellation, first: Knot, second: Knot) {
    if (second.number !== first.number + 1) {
      throw new RangeError(`Knots ${first.number} and ${second.number} do not make a window`);
    }
    this.constellation = constellation;
    this.first = first;
    this.second = second;
    this.from = knotInstant(first.number);
    this.until = epochMs(this.from + KNOT_SPACING_MS);
    this.#halfOf = halfOf(first);
    const [a, b] = [radii(first), radii(second)];
    this.radius_min_km = Math.min(a.min, b.min);
    this.radius_max_km = Math.max(a.max, b.max);
  }

  /**
   * Whether an instant lies in the window.
   * @returns true from `from` to `until`, both included
   */
  covers(at: EpochMs): boolean {
    return at >= this.from && at <= this.until;
  }

  /**
   * The weights of an instant in the window. Outside it they would extrapolate, and be wrong.
   * @throws RangeError for an instant that the window does not cover: a bug of the caller
   */
  weights(at: EpochMs): Weights {
    if (!this.covers(at)) throw new RangeError(`The almanac of ${this.from} does not cover ${at}`);
    const s = (at - this.from) / KNOT_SPACING_MS;
    const isAfterHalf = s >= 0.5;
    const half = cubicWeights(2 * s - (isAfterHalf ? 1 : 0), T_S / 2);
    return { ...cubicWeights(s, T_S), half, isAfterHalf };
  }

  /**
   * Writes the Earth-fixed position of one node.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km; garbage for a node that does not fly (flies())
   * @param at where in `out` x goes
   */
  position(index: number, w: Weights, out: Float64Array, at = 0): void {
    const half = this.#halfOf === null ? NO_HALF : this.#halfOf[index];
    if (half !== NO_HALF) return this.#positionByHalf(index, half, w, out, at);
    const { positions: p0, velocities: v0 } = this.first;
    const { positions: p1, velocities: v1 } = this.second;
    const i = 3 * index;
    out[at] = w.p0 * p0[i] + w.p1 * p1[i] + w.v0 * v0[i] + w.v1 * v1[i];
    out[at + 1] = w.p0 * p0[i + 1] + w.p1 * p1[i + 1] + w.v0 * v0[i + 1] + w.v1 * v1[i + 1];
    out[at + 2] = w.p0 * p0[i + 2] + w.p1 * p1[i + 2] + w.v0 * v0[i + 2] + w.v1 * v1[i + 2];
  }

  #positionByHalf(index: number, half: number, w: Weights, out: Float64Array, at: number): void {
    const { half: c, isAfterHalf } = w;
    const { halves } = this.first;
    const [a, b] = isAfterHalf ? [halves, this.second] : [this.first, halves];
    const [i, j] = isAfterHalf ? [3 * half, 3 * index] : [3 * index, 3 * half];
    for (let axis = 0; axis < 3; axis++) {
      out[at + axis] = c.p0 * a.positions[i + axis] + c.p1 * b.positions[j + axis] +
        c.v0 * a.velocities[i + axis] + c.v1 * b.velocities[j + axis];
    }
  }

  /** Earth-fixed km/s of one node: its knots' velocities, weighed by time; good to some m/s, to 20 at a low perigee. */
  velocity(index: number, at: EpochMs): Ecef {
    const { velocities: v0 } = this.first;
    const { velocities: v1 } = this.second;
    const s = (at - this.from) / KNOT_SPACING_MS;
    const axis = (i: number) => (v0[i] + (v1[i] - v0[i]) * s) / 1e3;
    return { x: axis(3 * index), y: axis(3 * index + 1), z: axis(3 * index + 2) };
  }

  /** False for a node that has no orbit left at either knot. */
  flies(index: number): boolean {
    const i = 3 * index;
    const { positions: p0 } = this.first;
    const { positions: p1 } = this.second;
    return (p0[i] | p0[i + 1] | p0[i + 2]) !== 0 && (p1[i] | p1[i + 1] | p1[i + 2]) !== 0;
  }
}

const NO_HALF = -1;

function halfOf({ count, halves: { indices } }: Knot): Int32Array | null {
  if (indices.length === 0) return null;
  const halves = new Int32Array(count).fill(NO_HALF);
  indices.forEach((index, half) => halves[index] = half);
  return halves;
}

// What a radius may do beside its tangent within a minute: J2 bends it by less.
const RADIUS_MARGIN_KM = 0.1;

/** The nearest and farthest node at a knot, widened by how far each can move before the other knot. */
function radii({ positions, velocities }: Knot): { min: number; max: number } {
  let min = Infinity;
  let max = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    if ((x | y | z) === 0) continue;
    const r = Math.sqrt(x * x + y * y + z * z);
    const outward = (x * velocities[i] + y * velocities[i + 1] + z * velocities[i + 2]) / r;
    const rise = Math.abs(outward) * UNITS_PER_METRE * T_S;
    min = Math.min(min, r - rise);
    max = Math.max(max, r + rise);
  }
  return {
    min: min / POSITION_UNITS_PER_KM - RADIUS_MARGIN_KM,
    max: max / POSITION_UNITS_PER_KM + RADIUS_MARGIN_KM,
  };
}

const UNITS_PER_METRE = POSITION_UNITS_PER_KM / 1e3;
