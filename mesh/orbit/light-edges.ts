/**
 * Finds each millisecond between two instants at which a node's light changes.
 *
 * On a nearly circular orbit the edges are guessed: from noon to noon the clearance has one
 * minimum, near the midnight of the circle that the node flies just now; if it is dark there, one
 * edge lies on each side of it. On any other orbit the clearance is sampled. Where a guess or a
 * sample comes near the shadow's edge without crossing it, the extremum is searched to the
 * millisecond, so that no grazing eclipse is lost.
 * @module
 */
import {
  isNearlyCircular,
  type Look,
  type Midnight,
  nearestMidnight,
  type Sight,
} from "./shadow-sight.ts";

type Mark = Pick<Sight, "at" | "lit">;

interface Span {
  from: Sight;
  until: Sight;
}

/**
 * By how much the last two entries and the last two exits were off their guesses, ms: of the next revolution
 * they go on as they went, to a millisecond or so.
 */
export interface Offsets {
  entry: [number, number];
  exit: [number, number];
}

/** Those of a node of which no edge is known. */
export const noOffsets = (): Offsets => ({ entry: [NaN, NaN], exit: [NaN, NaN] });

/**
 * Finds the edges in (from, until]. They depend on the span alone.
 * @param sample_ms how often to look where an orbit cannot be guessed
 * @param offsets of the revolutions before, and brought on by this one: they spare looks, and change no edge
 * @returns ascending, ms since 1970; each is the first whole millisecond of the new light
 */
export function lightEdges(
  look: Look,
  span: Span,
  sample_ms: number,
  offsets: Offsets,
): number[] {
  return isNearlyCircular(span.from) && isNearlyCircular(span.until)
    ? guessedEdges(look, span, offsets)
    : sampledEdges(look, span, sample_ms);
}

// A share of a revolution. Eccentricity and J2 move the darkest instant off the circle's midnight
// by less than this; they move it farthest where the orbit barely dips into the shadow.
const MIDNIGHT_OFF_MAX = 1 / 16;

function guessedEdges(look: Look, { from, until }: Span, offsets: Offsets): number[] {
  const edges: number[] = [];
  let last: Mark = from;
  let midnight = nearestMidnight(from);
  const go = (next: Mark): void => {
    if (next.lit !== last.lit) {
      const isEntry = last.at + next.at < 2 * midnight.at;
      const guess = midnight.at + (isEntry ? -midnight.half : midnight.half);
      const off = isEntry ? offsets.entry : offsets.exit;
      const edge = edgeNear(look, last, next, guess + 2 * off[1] - off[0]) ??
        edgeBetween(look, last, next, guess);
      [off[0], off[1]] = [off[1], edge - guess];
      edges.push(edge);
    }
    last = next;
  };
  while (true) {
    const off_max = midnight.period * MIDNIGHT_OFF_MAX;
    const low = Math.max(from.at, Math.round(midnight.at - off_max));
    const high = Math.min(until.at, Math.round(midnight.at + off_max));
    if (low < high) {
      const darkest = darkestBetween(look, low, high, midnight);
      const seen = nearestMidnight(darkest);
      // Where the Sun stands over the orbit there is no midnight, and the circle's is anywhere.
      if (Math.abs(seen.at - midnight.at) < off_max) midnight = seen;
      if (darkest.at > last.at && darkest.at < until.at) go(darkest);
    }
    // Noon is lit, and its guess may be coarse: the shadow is a quarter of a turn away.
    const noon = Math.round(midnight.at + midnight.period / 2);
    if (noon >= until.at) break;
    if (noon > last.at) go({ at: noon, lit: true });
    midnight = { ...midnight, at: midnight.at + midnight.period };
  }
  go(until);
  return edges;
}

// What the slope's error of 2 m/s can hide below the parabola's vertex, ten times.
const SHALLOW_KM = 0.05;

/** A dark instant about midnight; or a lit one, if there is no dark one. */
function darkestBetween(look: Look, low: number, high: number, midnight: Midnight): Sight {
  const guess = look(Math.max(low, Math.min(high, Math.round(midnight.at))));
  // A parabola's vertex lies this much lower; four times that allows for a wrong bend.
  const drop = guess.rate * guess.rate / (2 * midnight.bend);
  if (!guess.lit || guess.clearance > 4 * drop + SHALLOW_KM) return guess;
  return otherLight(look, low, high, true) ?? guess;
}

function sampledEdges(look: Look, { from, until }: Span, sample_ms: number): number[] {
  const count = Math.ceil((until.at - from.at) / sample_ms);
  const step_ms = (until.at - from.at) / count;
  // One sample more on either side: an extremum next to an end has neighbours too.
  const samples: Sight[] = [];
  for (let k = -1; k <= count + 1; k++) samples.push(look(from.at + Math.round(k * step_ms)));
  const marks: Mark[] = samples.slice(1, -1);
  for (let k = 1; k + 1 < samples.length; k++) {
    const [before, here, after] = samples.slice(k - 1, k + 2);
    if (!mayTurn(before, here, after)) continue;
    const turn = otherLight(look, before.at, after.at, here.lit);
    if (turn && turn.at > from.at && turn.at < until.at) marks.push(turn);
  }
  marks.sort((a, b) => a.at - b.at);
  return marks.slice(1).flatMap((mark, m) =>
    mark.lit === marks[m].lit ? [] : [edgeBetween(look, marks[m], mark, NaN)]
  );
}

/** Whether the clearance turns about `here`, near enough to the shadow's edge to cross it. */
function mayTurn(before: Sight, here: Sight, after: Sight): boolean {
  if (before.lit !== here.lit || after.lit !== here.lit) return false;
  const [a, b, c] = [before, here, after].map(({ clearance }) => Math.abs(clearance));
  // The vertex of a parabola through three samples lies an eighth of their bend lower at most.
  return b <= a && b <= c && b <= a + c - 2 * b;
}

// Fainter eclipses are lost in the noise of the Julian date's last bit, which moves the Sun by 0.1 mm.
const ECLIPSE_RESOLUTION_MS = 8;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** An instant of the other light about an extremum of the clearance, by the golden section. */
function otherLight(look: Look, from: number, until: number, lit: boolean): Sight | null {
  let [low, high] = [from, until];
  const inner = (share: number): Sight => look(Math.round(low + share * (high - low)));
  let [left, right] = [inner(1 - GOLDEN), inner(GOLDEN)];
  while (true) {
    if (left.lit !== lit) return left;
    if (right.lit !== lit) return right;
    if (high - low <= ECLIPSE_RESOLUTION_MS) return null;
    if (Math.abs(left.clearance) < Math.abs(right.clearance)) {
      [high, right] = [right.at, left];
      left = inner(1 - GOLDEN);
    } else {
      [low, left] = [left.at, right];
      right = inner(GOLDEN);
    }
  }
}

// By then Newton has converged or never will: the bracket is halved from there on.
const NEWTON_STEPS_MAX = 8;

/**
 * The first millisecond of b's light, which differs from a's: Newton's method in a bracket of whole
 * milliseconds (rtsafe; Press et al., Numerical Recipes, section 9.4).
 */
function edgeBetween(look: Look, a: Mark, b: Mark, guess: number): number {
  let [low, high] = [a.at, b.at];
  // A node that is about to decay is not where its rate says.
  const isGuessed = !Number.isNaN(guess);
  let at = Math.ceil(guess);
  for (let step = 0; high - low > 1; step++) {
    // Next to an end, when the root has been met; far beyond, or NaN: no guess.
    if (at === low) at = low + 1;
    else if (at === high) at = high - 1;
    if (!(at > low && at < high) || step >= NEWTON_STEPS_MAX) at = Math.floor((low + high) / 2);
    const sight = look(at);
    const edge = isGuessed ? sureEdge(sight, b.lit) : NaN;
    if (edge > low && edge <= high) return edge;
    if (sight.lit === a.lit) low = at;
    else high = at;
    at = Math.ceil(at - sight.clearance / sight.rate);
  }
  return high;
}

/** The edge as edgeBetween() finds it, by one look about where it must be; null where that does not tell. */
function edgeNear(look: Look, a: Mark, b: Mark, near: number): number | null {
  const at = Math.round(near);
  if (!(at > a.at && at < b.at)) return null;
  const edge = sureEdge(look(at), b.lit);
  return edge > a.at && edge <= b.at ? edge : null;
}

// Slopes less steep are not looked at so closely.
const SURE_RATE_KM_MS = 1e-3;
// Under drag for years, SGP4's velocities are 1 % off the derivatives of its positions.
const SLOPE_ERROR = 0.05;
const ROOT_ERROR_MS = 0.02;

/**
 * The edge that a sight is so near to that neither of the milliseconds about Newton's root needs a look.
 * @returns NaN where that is not certain
 */
function sureEdge({ at, clearance, rate }: Sight, lit: boolean): number {
  const ahead = -clearance / rate;
  if (!((lit ? rate : -rate) > SURE_RATE_KM_MS)) return NaN;
  const error = ROOT_ERROR_MS + SLOPE_ERROR * Math.abs(ahead);
  const edge = Math.ceil(at + ahead);
  const before = edge - at - ahead;
  return before > error && before < 1 - error ? edge : NaN;
}
