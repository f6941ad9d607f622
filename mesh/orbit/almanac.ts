/**
 * The almanac: every node's position at any instant of one window, between two exact knots.
 *
 * Cubic Hermite per axis: p(s) = h00 p0 + h10 T v0 + h01 p1 + h11 T v1, s = (t - t0) / T.
 * Its error over 60 s is T^4/384 times the fourth derivative of a circular orbit: up to 0.44 m.
 * @module
 */
import type { Constellation } from "./constellation.ts";
import { WGS84_POLAR_RADIUS_KM } from "./earth.ts";
import type { Ecef } from "./frames.ts";
import { type Knot, KNOT_SPACING_MS, knotInstant, POSITION_UNITS_PER_KM } from "./knot.ts";
import { type EpochMs, epochMs } from "../units.ts";

const T_S = KNOT_SPACING_MS / 1e3;

/** The weights of one instant, shared by all nodes. Positions come out in km. */
export interface Weights {
  p0: number;
  p1: number;
  v0: number;
  v1: number;
}

export class Almanac {
  readonly constellation: Constellation;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly first: Knot;
  readonly second: Knot;
  /** No node is nearer to the Earth's centre, or farther from it, than these in the window. */
  readonly radius_min_km: number;
  readonly radius_max_km: number;

  constructor(constellation: Constellation, first: Knot, second: Knot) {
    if (second.number !== first.number + 1) {
      throw new RangeError(`Knots ${first.number} and ${second.number} do not make a window`);
    }
    this.constellation = constellation;
    this.first = first;
    this.second = second;
    this.from = knotInstant(first.number);
    this.until = epochMs(this.from + KNOT_SPACING_MS);
    const [a, b] = [radii(first), radii(second)];
    this.radius_min_km = Math.min(a.min, b.min);
    this.radius_max_km = Math.max(a.max, b.max);
  }

  covers(at: EpochMs): boolean {
    return at >= this.from && at <= this.until;
  }

  /** An instant outside the window would be extrapolated, and wrong: that is a bug of the caller. */
  weights(at: EpochMs): Weights {
    if (!this.covers(at)) throw new RangeError(`The almanac of ${this.from} does not cover ${at}`);
    const s = (at - this.from) / KNOT_SPACING_MS;
    const s2 = s * s;
    const s3 = s2 * s;
    return {
      p0: (2 * s3 - 3 * s2 + 1) / POSITION_UNITS_PER_KM,
      p1: (3 * s2 - 2 * s3) / POSITION_UNITS_PER_KM,
      v0: (s3 - 2 * s2 + s) * T_S * 1e-3,
      v1: (s3 - s2) * T_S * 1e-3,
    };
  }

  /** Earth-fixed km of one node to `out[at..at+2]`. */
  position(index: number, w: Weights, out: Float64Array, at = 0): void {
    const { positions: p0, velocities: v0 } = this.first;
    const { positions: p1, velocities: v1 } = this.second;
    const i = 3 * index;
    out[at] = w.p0 * p0[i] + w.p1 * p1[i] + w.v0 * v0[i] + w.v1 * v1[i];
    out[at + 1] = w.p0 * p0[i + 1] + w.p1 * p1[i + 1] + w.v0 * v0[i + 1] + w.v1 * v1[i + 1];
    out[at + 2] = w.p0 * p0[i + 2] + w.p1 * p1[i + 2] + w.v0 * v0[i + 2] + w.v1 * v1[i + 2];
  }

  /** Earth-fixed km/s of one node: its knots' velocities, weighed by time; good to some m/s. */
  velocity(index: number, at: EpochMs): Ecef {
    const { velocities: v0 } = this.first;
    const { velocities: v1 } = this.second;
    const s = (at - this.from) / KNOT_SPACING_MS;
    const axis = (i: number) => (v0[i] + (v1[i] - v0[i]) * s) / 1e3;
    return { x: axis(3 * index), y: axis(3 * index + 1), z: axis(3 * index + 2) };
  }

  /** False for a node that SGP4 had no answer for at either knot. */
  flies(index: number): boolean {
    const i = 3 * index;
    const { positions: p0 } = this.first;
    const { positions: p1 } = this.second;
    return (p0[i] | p0[i + 1] | p0[i + 2]) !== 0 && (p1[i] | p1[i + 1] | p1[i + 2]) !== 0;
  }
}

/** The nearest and farthest node at a knot, widened by how far any could move before the other knot. */
function radii({ positions, velocities }: Knot): { min: number; max: number } {
  let min2 = Infinity;
  let max2 = 0;
  let rise = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    const r2 = x * x + y * y + z * z;
    if (r2 === 0) continue;
    min2 = Math.min(min2, r2);
    max2 = Math.max(max2, r2);
    rise = Math.max(
      rise,
      Math.abs(x * velocities[i] + y * velocities[i + 1] + z * velocities[i + 2]),
    );
  }
  // r . v / r is the radial speed; dividing by the largest radius would be too small, so by the Earth's least.
  const rise_km = rise / POSITION_UNITS_PER_KM / WGS84_POLAR_RADIUS_KM / 1e3 * T_S;
  return {
    min: Math.sqrt(min2) / POSITION_UNITS_PER_KM - rise_km,
    max: Math.sqrt(max2) / POSITION_UNITS_PER_KM + rise_km,
  };
}
