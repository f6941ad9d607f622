/**
 * Who serves a place from when to when: the nearest node above the mask, as placement would choose it
 * with nothing known of queues; and the moment of each handover.
 * Not its job: which nodes are up (search.ts).
 * @module
 */
import { type Degrees, type EpochMs, epochMs, type Km } from "../units.ts";
import { contendersOf } from "./contenders.ts";
import { type Pass, riseOf, setOf } from "./pass.ts";
import { root } from "./root.ts";
import { along } from "./track.ts";
import { PassView } from "./view.ts";
import type { Watch } from "./watch.ts";

/** Why a node hands over: it sinks below the mask, a nearer one rises, or one comes nearer. */
export type Handover = "set" | "rise" | "nearer";

/** The boundaries are whole milliseconds, so that stretches meet exactly. */
export interface Serving {
  from: EpochMs;
  until: EpochMs;
  /** Null: no node is above the mask. */
  by: Server | null;
}

/** The node that serves a stretch, and how the place sees it on the way. */
export interface Server {
  pass: Pass;
  elevation: { from: Degrees; until: Degrees; max: Degrees };
  slant_range: { from: Km; until: Km; min: Km };
  /** How the stretch ends; null where the window does. */
  handover: Handover | null;
}

// Nodes of planes that mirror each other are equally far from a pole, to a rounding error: the one that
// serves goes on, or the lower index does, until another is nearer by more than a millimetre.
const TIE_KM = 1e-6;

/**
 * Finds who serves a place: contiguous stretches from the window's start to its end. Yields after
 * every few milliseconds of work.
 */
export function* servingOf(
  watch: Watch,
  passes: readonly Pass[],
): Generator<void, Serving[]> {
  const [from, until] = [Math.round(watch.from), Math.round(watch.until)];
  const sky = new ServingSky(new PassView(watch));
  const intervals = yield* contendersOf({ passes, view: sky.view, from, until });
  const timeline = new Timeline(sky, from);
  for (const { from, until, contenders } of intervals) {
    const edges = contenders.flatMap((pass) => [riseOf(pass), setOf(pass)])
      .filter((at) => at > from && at < until);
    const cuts = [from, ...edges.sort((a, b) => a - b), until];
    for (let c = 0; c + 1 < cuts.length; c++) {
      const [a, b] = [cuts[c], cuts[c + 1]];
      const up = contenders.filter((pass) => riseOf(pass) <= a && setOf(pass) >= b);
      if (b > a) timeline.go(a, b, up);
    }
  }
  return timeline.end(until).map((stretch) => sky.describe(stretch));
}

interface ServingStretch {
  from: number;
  until: number;
  pass: Pass | null;
  handover: Handover | null;
}

/** Writes down who serves, from cut to cut: between two cuts nobody rises or sets. */
class Timeline {
  readonly #stretches: ServingStretch[] = [];
  readonly #sky: ServingSky;
  #from: number;
  #pass: Pass | null = null;

  constructor(sky: ServingSky, from: number) {
    this.#sky = sky;
    this.#from = from;
  }

  go(a: number, b: number, up: readonly Pass[]): void {
    const best = this.#sky.nearest(up, a, this.#pass);
    if (best !== this.#pass) this.#turn(a, best, this.#whyAt(a, best, up));
    for (let at = a; this.#pass;) {
      const next = this.#sky.overtaken(this.#pass, up, at, b);
      if (!next) return;
      this.#turn(next.at, next.by, "nearer");
      at = next.at;
    }
  }

  end(at: number): ServingStretch[] {
    this.#turn(at, null, null);
    return this.#stretches;
  }

  #whyAt(at: number, best: Pass | null, up: readonly Pass[]): Handover {
    if (!this.#pass || !best || !up.includes(this.#pass)) return "set";
    return riseOf(best) === at ? "rise" : "nearer";
  }

  #turn(at: number, next: Pass | null, handover: Handover | null): void {
    const [from, until] = [Math.round(this.#from), Math.round(at)];
    const pass = this.#pass;
    if (until > from) this.#stretches.push({ from, until, pass, handover: pass && handover });
    this.#from = at;
    this.#pass = next;
  }
}

/** Ranges to passes at instants. */
class ServingSky {
  readonly view: PassView;
  readonly #state = new Float64Array(6);

  constructor(view: PassView) {
    this.view = view;
  }

  /** The view of a pass's node at an instant. */
  look(pass: Pass, at: number): PassView {
    along(pass.track, at, this.#state);
    this.view.look(this.#state);
    return this.view;
  }

  /** By range, then by index; `now` keeps its place against a tie. */
  nearest(up: readonly Pass[], at: number, now: Pass | null): Pass | null {
    const ranges = up.map((pass) => this.look(pass, at).range_km);
    const least = Math.min(...ranges) + TIE_KM;
    const tied = up.filter((_, i) => ranges[i] <= least);
    if (now && tied.includes(now)) return now;
    return tied.reduce((a: Pass | null, b) => a && a.index < b.index ? a : b, null);
  }

  /** The first time from `a` to `b` that another node comes nearer than the one that serves. */
  overtaken(
    server: Pass,
    up: readonly Pass[],
    a: number,
    b: number,
  ): { at: number; by: Pass } | null {
    let first: { at: number; by: Pass } | null = null;
    for (const by of up) {
      if (by === server) continue;
      const at = this.#crossing(server, by, a, first?.at ?? b);
      if (at !== null) first = { at, by };
    }
    return first;
  }

  /** Over a few seconds the difference of two ranges has one turning point at most. */
  #crossing(server: Pass, other: Pass, a: number, b: number): number | null {
    const lead = (at: number) =>
      this.look(other, at).range_km - this.look(server, at).range_km + TIE_KM;
    const slope = (at: number) => this.look(other, at).recede - this.look(server, at).recede;
    const start = { at: a, value: Math.max(0, lead(a)) };
    const end = { at: b, value: lead(b) };
    if (end.value < 0) return root(lead, start, end);
    const [falls, rises] = [slope(a), slope(b)];
    if (falls >= 0 || rises < 0) return null;
    const turn = root(slope, { at: a, value: falls }, { at: b, value: rises });
    const least = { at: turn, value: lead(turn) };
    return least.value < 0 ? root(lead, start, least) : null;
  }

  describe({ from, until, pass, handover }: ServingStretch): Serving {
    const span = { from: epochMs(from), until: epochMs(until) };
    if (!pass) return { ...span, by: null };
    const angles = (at: number) => {
      this.look(pass, at);
      return this.view.angles(this.#state);
    };
    const [start, end] = [angles(from), angles(until)];
    const inside = [
      this.#turning(pass, from, until, "climb"),
      this.#turning(pass, from, until, "recede"),
    ].filter((at) => at !== null).map(angles);
    const all = [start, end, ...inside];
    const highest = all.reduce((a, b) => a.elevation >= b.elevation ? a : b);
    const nearest = all.reduce((a, b) => a.slant_range <= b.slant_range ? a : b);
    return {
      ...span,
      by: {
        pass,
        elevation: { from: start.elevation, until: end.elevation, max: highest.elevation },
        slant_range: { from: start.slant_range, until: end.slant_range, min: nearest.slant_range },
        handover,
      },
    };
  }

  #turning(pass: Pass, from: number, until: number, rate: "climb" | "recede"): number | null {
    const value = (at: number) => this.look(pass, at)[rate];
    const [a, b] = [{ at: from, value: value(from) }, { at: until, value: value(until) }];
    return a.value >= 0 === b.value >= 0 ? null : root(value, a, b);
  }
}
