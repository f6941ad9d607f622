/**
 * Which passes may hold the nearest node, ten seconds at a time: two or three out of hundreds.
 *
 * Of a range r, r^2 bends little: its second derivative, 2 (v^2 + d . a), is not below -2 r a, where
 * the acceleration a on the turning Earth is at most ACCELERATION_MAX_KM_S2. So its tangents at both
 * ends of an interval bound it from below, and its chord from above, up to a small allowance. Who is
 * always farther there than another node that is up all the while, is not the nearest.
 * @module
 */
import { SPEED_MAX_KM_S } from "../orbit/earth.ts";
import { type Pass, riseOf, setOf } from "./pass.ts";
import { along } from "./track.ts";
import type { PassView } from "./view.ts";
import { SLICE_LOOKS } from "./watch.ts";

const INTERVAL_MS = 10_000;
// Gravity at the Earth's surface, and Coriolis at 8.3 km/s; both are less at any node.
const ACCELERATION_MAX_KM_S2 = 9.8e-3 + 1.3e-3;

/** A piece of the window, and all passes whose node may be the nearest at some time in it. */
export interface Interval {
  from: number;
  until: number;
  contenders: Pass[];
}

interface Bid {
  pass: Pass;
  floor_km2: number;
}

/** Cuts the window into intervals, in order of time and without a gap. Yields now and then. */
export function* contendersOf(
  { passes, view, from, until }: {
    passes: readonly Pass[];
    view: PassView;
    from: number;
    until: number;
  },
): Generator<void, Interval[]> {
  const count = Math.ceil((until - from) / INTERVAL_MS);
  // In each interval some node that is up from end to end is never farther than this.
  const ceilings = new Float64Array(count).fill(Infinity);
  const bids: Bid[][] = Array.from({ length: count }, () => []);
  const startOf = (k: number) => Math.min(until, from + k * INTERVAL_MS);
  // The nearest first: they lower the ceilings over all that come after them.
  const ordered = [...passes].sort((a, b) => a.range_floor_km - b.range_floor_km);
  let evaluated = 0;
  for (const pass of ordered) {
    const rise = Math.max(from, riseOf(pass));
    const set = Math.min(until, setOf(pass));
    const first = Math.floor((rise - from) / INTERVAL_MS);
    const last = Math.min(count - 1, Math.floor((set - from) / INTERVAL_MS));
    const floor_km2 = pass.range_floor_km * pass.range_floor_km;
    for (let k = first; k <= last; k++) {
      if (floor_km2 > ceilings[k]) continue;
      const [a, b] = [Math.max(rise, startOf(k)), Math.min(set, startOf(k + 1))];
      const bounds = boundsOf({ pass, view, a, b });
      if (bounds.floor_km2 <= ceilings[k]) bids[k].push({ pass, floor_km2: bounds.floor_km2 });
      const isWhole = a === startOf(k) && b === startOf(k + 1);
      if (isWhole) ceilings[k] = Math.min(ceilings[k], bounds.ceiling_km2);
      if (++evaluated % SLICE_LOOKS === 0) yield;
    }
  }
  return bids.map((some, k) => ({
    from: startOf(k),
    until: startOf(k + 1),
    contenders: some.filter((bid) => bid.floor_km2 <= ceilings[k]).map((bid) => bid.pass),
  }));
}

const state = new Float64Array(6);

/** Bounds of the squared range from `a` to `b`. */
function boundsOf(
  { pass, view, a, b }: { pass: Pass; view: PassView; a: number; b: number },
): { floor_km2: number; ceiling_km2: number } {
  const T = (b - a) / 1e3;
  const [atA, atB] = [a, b].map((at) => {
    along(pass.track, at, state);
    view.look(state);
    const { range_km, recede } = view;
    return { square: range_km * range_km, slope: 2 * range_km * recede, range_km };
  });
  const farthest_km = Math.max(atA.range_km, atB.range_km) + SPEED_MAX_KM_S * T;
  const allowance = farthest_km * ACCELERATION_MAX_KM_S2 * T * T;
  return {
    floor_km2: lowest(atA, atB, T) - allowance,
    ceiling_km2: Math.max(atA.square, atB.square) + allowance,
  };
}

interface Tangent {
  square: number;
  slope: number;
}

/** The lowest point of two tangents, each taken where it is above the other. */
function lowest(a: Tangent, b: Tangent, T: number): number {
  if (a.slope >= 0) return a.square;
  if (b.slope <= 0) return b.square;
  // a.square + a.slope s = b.square + b.slope (s - T)
  const s = (b.square - b.slope * T - a.square) / (a.slope - b.slope);
  return a.square + a.slope * Math.min(T, Math.max(0, s));
}
