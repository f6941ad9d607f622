/**
 * The almanac over knots: every node's position at any instant of one window, between two exact knots.
 *
 * Cubic Hermite per axis: p(s) = h00 p0 + h10 T v0 + h01 p1 + h11 T v1, s = (t - t0) / T.
 * Its error over 60 s is T^4/384 times the fourth derivative of the orbit: up to 0.6 m in circular ones.
 * A node whose orbit bends more has a half in the first knot, and so two cubics of 30 s.
 * @module
 */
import type { Almanac, Positions } from "./almanac.ts";
import type { Constellation } from "./constellation.ts";
import type { Ecef } from "./frames.ts";
import { type Knot, KNOT_SPACING_MS, knotInstant, POSITION_UNITS_PER_KM } from "./knot.ts";
import { type EpochMs, epochMs } from "../units.ts";

const T_S = KNOT_SPACING_MS / 1e3;

/** Of one cubic: what its two ends weigh at an instant. Positions come out in km. */
export interface CubicWeights {
  /** Of the first knot's position, km for each unit of 1/32 m. */
  p0: number;
  /** Of the second knot's position, km for each unit of 1/32 m. */
  p1: number;
  /** Of the first knot's velocity, km for each m/s. */
  v0: number;
  /** Of the second knot's velocity, km for each m/s. */
  v1: number;
}

/** The weights of one instant, shared by all nodes. */
interface Weights extends CubicWeights {
  /** For nodes that have a half: of the cubic before it, or of the one after it. */
  half: CubicWeights;
  isAfterHalf: boolean;
}

/**
 * The weights of a cubic between two states.
 * @param s 0..1 of the cubic's time
 * @param T how long the cubic lasts, seconds
 */
export function cubicWeights(s: number, T: number): CubicWeights {
  const s2 = s * s;
  const s3 = s2 * s;
  return {
    p0: (2 * s3 - 3 * s2 + 1) / POSITION_UNITS_PER_KM,
    p1: (3 * s2 - 2 * s3) / POSITION_UNITS_PER_KM,
    v0: (s3 - 2 * s2 + s) * T * 1e-3,
    v1: (s3 - s2) * T * 1e-3,
  };
}

/**
 * Gives the places of all nodes at any instant of one window: from a knot to the one that follows
 * it. It reads both knots in place; where the first has halves, it adds 4 bytes a node.
 */
export class KnotAlmanac implements Almanac {
  readonly constellation: Constellation;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly first: Knot;
  readonly second: Knot;
  readonly radius_min_km: number;
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

  /** Whether an instant lies in the window. @returns true from `from` to `until`, both included */
  covers(at: EpochMs): boolean {
    return at >= this.from && at <= this.until;
  }

  /**
   * The places of all nodes at an instant of the window.
   * @throws RangeError for an instant that the window does not cover: a bug of the caller
   */
  at(instant: EpochMs): Positions {
    if (!this.covers(instant)) {
      throw new RangeError(`The almanac of ${this.from} does not cover ${instant}`);
    }
    return new KnotPositions(this, instant, this.#halfOf);
  }

  /**
   * Whether a node has places in the window.
   * @param index the node's in the constellation
   * @returns false if it has no orbit left at one of the knots, or at both
   */
  flies(index: number): boolean {
    const i = 3 * index;
    const { positions: p0 } = this.first;
    const { positions: p1 } = this.second;
    return (p0[i] | p0[i + 1] | p0[i + 2]) !== 0 && (p1[i] | p1[i + 1] | p1[i + 2]) !== 0;
  }
}

class KnotPositions implements Positions {
  readonly at: EpochMs;
  readonly #first: Knot;
  readonly #second: Knot;
  readonly #halfOf: Int32Array | null;
  readonly #weights: Weights;
  readonly #share: number;

  constructor({ first, second, from }: KnotAlmanac, at: EpochMs, halfOf: Int32Array | null) {
    this.at = at;
    this.#first = first;
    this.#second = second;
    this.#halfOf = halfOf;
    this.#share = (at - from) / KNOT_SPACING_MS;
    this.#weights = weightsOf(this.#share);
  }

  position(index: number, out: Float64Array, offset = 0): void {
    const half = this.#halfOf === null ? NO_HALF : this.#halfOf[index];
    if (half !== NO_HALF) return this.#positionByHalf(index, half, out, offset);
    const w = this.#weights;
    const { positions: p0, velocities: v0 } = this.#first;
    const { positions: p1, velocities: v1 } = this.#second;
    const i = 3 * index;
    out[offset] = w.p0 * p0[i] + w.p1 * p1[i] + w.v0 * v0[i] + w.v1 * v1[i];
    out[offset + 1] = w.p0 * p0[i + 1] + w.p1 * p1[i + 1] + w.v0 * v0[i + 1] + w.v1 * v1[i + 1];
    out[offset + 2] = w.p0 * p0[i + 2] + w.p1 * p1[i + 2] + w.v0 * v0[i + 2] + w.v1 * v1[i + 2];
  }

  #positionByHalf(index: number, half: number, out: Float64Array, offset: number): void {
    const { half: c, isAfterHalf } = this.#weights;
    const { halves } = this.#first;
    const [a, b] = isAfterHalf ? [halves, this.#second] : [this.#first, halves];
    const [i, j] = isAfterHalf ? [3 * half, 3 * index] : [3 * index, 3 * half];
    for (let axis = 0; axis < 3; axis++) {
      out[offset + axis] = c.p0 * a.positions[i + axis] + c.p1 * b.positions[j + axis] +
        c.v0 * a.velocities[i + axis] + c.v1 * b.velocities[j + axis];
    }
  }

  /** The knots' velocities, weighed by time; good to some m/s, to 20 at a low perigee. */
  velocity(index: number): Ecef {
    const { velocities: v0 } = this.#first;
    const { velocities: v1 } = this.#second;
    const axis = (i: number) => (v0[i] + (v1[i] - v0[i]) * this.#share) / 1e3;
    return { x: axis(3 * index), y: axis(3 * index + 1), z: axis(3 * index + 2) };
  }
}

/** @param s 0..1 of the window */
function weightsOf(s: number): Weights {
  const isAfterHalf = s >= 0.5;
  const half = cubicWeights(2 * s - (isAfterHalf ? 1 : 0), T_S / 2);
  return { ...cubicWeights(s, T_S), half, isAfterHalf };
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
