/**
 * Where to think: ranks nodes for an ask. No node is asked anything.
 *
 * First those above the place, in order of their modelled time to result. Where none of them is
 * surely the best (all refuse, or make wait), the ask may travel on over inter-satellite links, and
 * the ranking is over all that it can reach. What nobody can compute (queue, heat and battery of nodes
 * that have worked) comes from hints, if there are any.
 *
 * Under the objective `energy` wear of batteries goes before time (energy-scores.ts). Then an ask travels
 * on where nobody above serves; and where a deadline says how long it may take and nobody above runs it
 * without the battery, to those who do.
 * @module
 */
import type { Geodetic } from "../orbit/frames.ts";
import { degrees, toRadians } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import { Best } from "./best.ts";
import { type Candidate, describe, prospect, type Way } from "./candidate.ts";
import { energyScores, wearlessScores } from "./energy-scores.ts";
import type { Departure, View } from "./finder.ts";
import { type Scores, scoresOf } from "./scores.ts";
import { siteOf } from "../geo/site.ts";
import type { Sky } from "./sky.ts";
import { tollsOf } from "./tolls.ts";
import { MaskRanges } from "./slant-range.ts";

/** How many nodes one request may ask, so that it does not wake hundreds when all of them refuse. */
export const CANDIDATES_MAX = 8;

/** Nodes lower than this over the horizon are not seen from a place, unless a request says otherwise. */
export const ELEVATION_MASK = degrees(25);

/** Places asks; holds the scratch memory of its rankings, so one at a time. */
export class Placer {
  readonly #best = new Best(CANDIDATES_MAX);

  /**
   * Ranks the nodes for an ask, the best first, up to CANDIDATES_MAX. Where there are fewer that would
   * serve, near ones that would not stand last, with the reason.
   * @param explain whether to add those that would not serve even where enough others would, up to
   *   twice as many in all
   */
  rank(ask: Ask, sky: Sky, explain = false): Candidate[] {
    return describe(this.ways(ask, sky, explain), { ask, sky });
  }

  /**
   * Ranks as rank() does, and describes nobody: for who describes only those that are asked (prospect()).
   * @param explain as for rank()
   * @returns the ways to the candidates of rank(), in its order
   */
  ways(ask: Ask, sky: Sky, explain = false): Way[] {
    const spares = ask.objective === "energy";
    if (isNodeOrigin(ask.origin)) {
      const from = { at: ask.at, node: ask.origin.node, tolls: tollsOf(ask, sky) };
      return spares && ask.deadline_ms !== null
        ? this.#leastWear(ask, sky, from)
        : this.#travel(sky, from, quickest(ask, sky));
    }
    const view = viewOf(ask, ask.origin, sky);
    const ranked = spares ? this.#sparing(ask, sky, view) : this.#quickest(ask, sky, view);
    return this.#explain(ranked, explain ? 2 * CANDIDATES_MAX : CANDIDATES_MAX, { ask, sky, view });
  }

  /**
   * Describes one node straight above a place, for who has a reason of its own to ask it first.
   * @param index the node's
   * @returns null if the place does not see it over the mask and by its radio, or is no place but a node
   */
  straight(index: number, ask: Ask, sky: Sky): Candidate | null {
    if (isNodeOrigin(ask.origin)) return null;
    const [candidate] = describe([{ index, path: [index] }], { ask, sky });
    const isSeen = candidate.look!.elevation >= ask.elevation_mask;
    return isSeen && candidate.timing.total < Infinity ? candidate : null;
  }

  #quickest(ask: Ask, sky: Sky, view: View): Way[] {
    const scores = quickest(ask, sky);
    const below_km = nearestByLinks(view, sky);
    const best = this.#best;
    sky.finder.above(view, scores, best, below_km);
    const surelyBest = best.size > 0 && best.scores[0] <= scores.at(below_km);
    return surelyBest ? straightTo(best) : this.#travel(sky, view, quickest(ask, sky));
  }

  /**
   * Nodes above come first. Without a deadline nobody has said that the answer may take longer than it
   * must: then no ask goes farther for a battery's sake.
   */
  #sparing(ask: Ask, sky: Sky, view: View): Way[] {
    const asked = { ask, ...sky };
    if (ask.deadline_ms === null) {
      const above = this.#above(sky, view, energyScores(asked));
      return above.length > 0 ? above : this.#travel(sky, view, quickest(ask, sky));
    }
    const wearless = this.#above(sky, view, wearlessScores(asked));
    if (wearless.length === CANDIDATES_MAX) return wearless;
    const far = wearless.length > 0 ? [] : this.#travel(sky, view, wearlessScores(asked));
    // Who is in shadow is looked at only where not enough others are found: a charge costs more than a place.
    if (far.length === CANDIDATES_MAX) return far;
    const above = this.#above(sky, view, energyScores(asked));
    return above.length > 0
      ? [...far, ...above].slice(0, CANDIDATES_MAX)
      : this.#travel(sky, view, energyScores(asked));
  }

  /** Of all that links lead to. */
  #leastWear(ask: Ask, sky: Sky, from: Departure): Way[] {
    const wearless = this.#travel(sky, from, wearlessScores({ ask, ...sky }));
    return wearless.length === CANDIDATES_MAX
      ? wearless
      : this.#travel(sky, from, energyScores({ ask, ...sky }));
  }

  #above(sky: Sky, view: View, scores: Scores): Way[] {
    sky.finder.above(view, scores, this.#best);
    return straightTo(this.#best);
  }

  #travel(sky: Sky, from: Departure, scores: Scores): Way[] {
    // Nobody serves, however near: looking for one would be a walk over all links.
    if (scores.at(0) === Infinity) return [];
    const ways = sky.finder.reach(from, scores, this.#best);
    const { found, size } = this.#best;
    return Array.from(
      found.subarray(0, size),
      (index) => ({ index, path: ways.path(index), length: ways.length(index) }),
    );
  }

  /** Fills up with near nodes that would not serve: a person sees why they were not chosen. */
  #explain(
    ranked: Way[],
    limit: number,
    { ask, sky, view }: { ask: Ask; sky: Sky; view: View },
  ): Way[] {
    if (ranked.length === limit) return ranked;
    sky.finder.above(view, scoresOf({ ask, ...sky, explaining: true }), this.#best);
    const others = straightTo(this.#best).filter(({ index }) =>
      !ranked.some((candidate) => candidate.index === index)
    );
    const passedOver = others.filter((way) => prospect(way, { ask, sky }).refusal !== null);
    return [...ranked, ...passedOver.slice(0, limit - ranked.length)];
  }
}

const quickest = (ask: Ask, sky: Sky): Scores => scoresOf({ ask, ...sky, explaining: false });

/** The ways to nodes that the ground sees itself. */
export const straightTo = ({ found, size }: Best): Way[] =>
  Array.from(found.subarray(0, size), (index) => ({ index, path: [index] }));

/**
 * From where, when and how high over the horizon an ask from a place looks for nodes.
 * @param sky whose radio it looks through
 */
export function viewOf(ask: Ask, place: Geodetic, sky: Sky): View {
  const { at, elevation_mask } = ask;
  const view: View = { at, site: siteOf(place), sin_mask: Math.sin(toRadians(elevation_mask)) };
  const tolls = tollsOf(ask, sky);
  if (tolls) view.tolls = tolls;
  return view;
}

/** No way over links is shorter than this, tolls included, unless it leads to a node in view as well. */
function nearestByLinks(view: View, { almanac }: Sky): number {
  const { site: { position: { x, y, z } }, tolls } = view;
  if (!tolls) return new MaskRanges(view).nearestBelow(almanac.radius_min_km);
  // With tolls, a node in view may be reached sooner by way of another, too.
  return Math.max(0, almanac.radius_min_km - Math.hypot(x, y, z)) + tolls.hop_km;
}
