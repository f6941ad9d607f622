/**
 * Finds every node that is above a place's mask at any time of a window, and when it rises, culminates
 * and sets.
 *
 * Each node is looked at once near the window's start; most are then known to stay away until its end
 * (clearance.ts). The others are followed: in leaps while they surely stay below the mask, in steps
 * of two degrees of central angle where they may come above it. So short a step holds no more than one
 * turning point of the elevation; between that and the ends of the step it is monotone, so that a
 * change of sign is one rise or one set, and none is missed however shortly it grazes the mask.
 * @module
 */
import { type Knot, knotInstant, POSITION_UNITS_PER_KM } from "../orbit/knot.ts";
import { type EpochMs, epochMs, MS_PER_DAY, RADIANS_PER_DEGREE } from "../units.ts";
import { ClearanceFinder, ZENITH_LEAN_DEG } from "./clearance.ts";
import { type Pass, riseOf } from "./pass.ts";
import { type End, root } from "./root.ts";
import { between, type Moment } from "./track.ts";
import { PassView } from "./view.ts";
import { SLICE_LOOKS, type Watch } from "./watch.ts";

const STEP_RAD = 2 * RADIANS_PER_DEGREE;
// A geostationary node never rose: a day in each direction is where the search for it ends.
const PASS_HORIZON_MS = MS_PER_DAY;
// A look at a knot is a tenth of one by SGP4.
const LOOKS_PER_GLANCE = 0.1;

/**
 * Finds every pass that touches the window, in order of rise. Yields after every few milliseconds of
 * work.
 */
export function* findPasses(watch: Watch): Generator<void, Pass[]> {
  const search = new Search(watch);
  let yielded = 0;
  const { nodes, flight } = watch;
  for (let i = 0; i < (nodes?.length ?? flight.count); i++) {
    const index = nodes ? nodes[i] : i;
    if (search.mayRise(index)) search.follow(index);
    if (search.looks - yielded > SLICE_LOOKS) {
      yielded = search.looks;
      yield;
    }
  }
  return search.passes.sort((a, b) => riseOf(a) - riseOf(b) || a.index - b.index);
}

/**
 * Finds when a node sets that is up at the watch's start. The watch's end is not asked.
 * @param index the node's in the watch's constellation
 * @returns the first instant below the mask; the start itself if the node is not up then or has no
 * orbit left; where it decays while it is up, the last instant of the search at which it still
 * flew; null if it stays up for a day
 */
export function setOfNode(watch: Watch, index: number): EpochMs | null {
  return new Search(watch).setOf(index);
}

/** A moment, and how the place saw it. */
interface Sample extends Moment, End {
  climb: number;
}

interface Open {
  rise: number | null;
  peak: End;
  track: Moment[];
}

class Search {
  readonly passes: Pass[] = [];
  looks = 0;
  readonly #watch: Watch;
  readonly #view: PassView;
  readonly #clearance: ClearanceFinder;
  readonly #state = new Float64Array(6);
  #open: Open | null = null;

  constructor(watch: Watch) {
    this.#watch = watch;
    this.#view = new PassView(watch);
    this.#clearance = new ClearanceFinder(watch.site, watch.mask);
  }

  /** Whether one look leaves it open that the node comes above the mask within the window. */
  mayRise(index: number): boolean {
    const { from, until, knot, flight } = this.#watch;
    const state = this.#state;
    if (!knot || !readState(knot, index, state)) {
      this.looks++;
      return flight.fly(index, from, state) &&
        from + 1e3 * this.#clearance.of(state).clear_s <= until;
    }
    this.looks += LOOKS_PER_GLANCE;
    return knotInstant(knot.number) + 1e3 * this.#clearance.of(state).clear_s <= until;
  }

  setOf(index: number): EpochMs | null {
    const { from } = this.#watch;
    let here = this.#sample(index, from);
    if (!here || here.value < 0) return from;
    while (here.at < from + PASS_HORIZON_MS) {
      const step_ms = 1e3 * STEP_RAD / this.#clearance.of(here.state).rate_rad_s;
      const next = this.#sample(index, here.at + step_ms);
      // It decays: to within a step, that is when it is seen for the last time.
      if (!next) return epochMs(here.at);
      const set = this.#setBetween(here, next);
      if (set !== null) return epochMs(set);
      here = next;
    }
    return null;
  }

  follow(index: number): void {
    const { from, until } = this.#watch;
    const first = this.#sample(index, from);
    if (!first) return;
    let here = first.value < 0 ? first : this.#beforeRise(index, first);
    while (here.at < until || this.#open) {
      const { clear_s, rate_rad_s } = this.#clearance.of(here.state);
      const step_s = STEP_RAD / rate_rad_s;
      const leap = this.#open === null && clear_s > step_s;
      const next = this.#sample(index, here.at + 1e3 * (leap ? clear_s : step_s));
      if (!next) {
        // It decays: to within a step, that is when it is seen for the last time.
        if (this.#open) this.#close(index, here.at);
        return;
      }
      if (!leap) this.#step(index, here, next);
      if (this.#open && next.at > until + PASS_HORIZON_MS) this.#close(index, null);
      // A node that falls out of its orbit may leap too far: then it goes back to its rise.
      here = leap && next.value >= 0 ? this.#beforeRise(index, next) : next;
    }
  }

  #sample(index: number, at: number): Sample | null {
    const state = new Float64Array(6);
    this.looks++;
    if (!this.#watch.flight.fly(index, at, state)) return null;
    this.#view.look(state);
    return { at, state, value: this.#view.height, climb: this.#view.climb };
  }

  /**
   * For a node that is up at the start: goes back to where it is not yet, and leaves a pass open if
   * there is no such place, because it has been up for a day or was not there before.
   */
  #beforeRise(index: number, first: Sample): Sample {
    const { from } = this.#watch;
    const step_ms = 1e3 * STEP_RAD / this.#clearance.of(first.state).rate_rad_s;
    let here = first;
    for (;;) {
      const before = this.#sample(index, here.at - step_ms);
      if (before && before.value < 0) return before;
      if (!before || before.at < from - PASS_HORIZON_MS) {
        this.#open = { rise: before ? null : here.at, peak: here, track: [here] };
        return here;
      }
      here = before;
    }
  }

  /** The first instant below the mask from a sample above it to the next one. */
  #setBetween(a: Sample, b: Sample): number | null {
    const seen = (value: "height" | "climb") => (at: number) => {
      between(a, b, at, this.#state);
      this.#view.look(this.#state);
      return this.#view[value];
    };
    if (b.value < 0) return root(seen("height"), a, b);
    if (a.climb >= 0 || b.climb < 0) return null;
    const falls = { at: a.at, value: a.climb };
    const lowest = root(seen("climb"), falls, { at: b.at, value: b.climb });
    const value = seen("height")(lowest);
    return value < 0 ? root(seen("height"), a, { at: lowest, value }) : null;
  }

  /** What happens from one sample to the next: up to two monotone pieces, cut at the turning point. */
  #step(index: number, a: Sample, b: Sample): void {
    this.#open?.track.push(b);
    if (a.climb >= 0 === b.climb >= 0) return this.#piece({ index, a, b }, a, b);
    const climb = (at: number) => {
      between(a, b, at, this.#state);
      this.#view.look(this.#state);
      return this.#view.climb;
    };
    const at = root(climb, { at: a.at, value: a.climb }, { at: b.at, value: b.climb });
    climb(at);
    const turn = { at, value: this.#view.height };
    this.#piece({ index, a, b }, a, turn);
    this.#piece({ index, a, b }, turn, b);
  }

  #piece({ index, a, b }: { index: number; a: Sample; b: Sample }, start: End, end: End): void {
    if (start.value >= 0 !== end.value >= 0) {
      const at = root(
        (t) => {
          between(a, b, t, this.#state);
          this.#view.look(this.#state);
          return this.#view.height;
        },
        start,
        end,
      );
      if (end.value < 0) return this.#close(index, at);
      this.#open = { rise: at, peak: end, track: [a, b] };
    }
    if (this.#open && end.value > this.#open.peak.value) this.#open.peak = end;
  }

  #close(index: number, set: number | null): void {
    const { rise, peak, track } = this.#open!;
    this.#open = null;
    const { from, until, site, flight } = this.#watch;
    if ((set ?? Infinity) <= from || (rise ?? -Infinity) >= until) return;
    const state = new Float64Array(6);
    flight.fly(index, peak.at, state);
    const { elevation, azimuth } = this.#view.angles(state);
    this.passes.push({
      index,
      rise: rise === null ? null : epochMs(rise),
      set: set === null ? null : epochMs(set),
      culmination: { at: epochMs(peak.at), elevation, azimuth },
      track,
      range_floor_km: rangeAt({
        elevation_deg: elevation + ZENITH_LEAN_DEG,
        radius_km: this.#clearance.of(state).perigee_km,
        site_km: Math.hypot(site.position.x, site.position.y, site.position.z),
      }),
    });
  }
}

/** @returns false for a node that was not flying at the knot, which says nothing of later */
function readState({ positions, velocities }: Knot, index: number, out: Float64Array): boolean {
  const i = 3 * index;
  if ((positions[i] | positions[i + 1] | positions[i + 2]) === 0) return false;
  for (let axis = 0; axis < 3; axis++) {
    out[axis] = positions[i + axis] / POSITION_UNITS_PER_KM;
    out[3 + axis] = velocities[i + axis] / 1e3;
  }
  return true;
}

/** Slant range to a node at that elevation and distance from the Earth's centre. */
function rangeAt(
  { elevation_deg, radius_km, site_km }: {
    elevation_deg: number;
    radius_km: number;
    site_km: number;
  },
): number {
  const elevation = Math.min(90, elevation_deg) * RADIANS_PER_DEGREE;
  const across = site_km * Math.cos(elevation);
  const along = Math.sqrt(Math.max(0, radius_km * radius_km - across * across));
  return Math.max(0, along - site_km * Math.sin(elevation));
}
