/**
 * The states of one node over a span, by SGP4 at each instant: what every ephemeris is written from.
 * Not its job: how a format writes them.
 * @module
 */
import type { Constellation } from "../orbit/constellation.ts";
import { temeToEme2000 } from "../orbit/eme2000.ts";
import { temeToEcef } from "../orbit/frames.ts";
import { propagatorOf, siderealTime } from "../orbit/propagation.ts";
import type { EpochMs } from "../units.ts";
import { instantCount, instantOf, type Span } from "./span.ts";

/**
 * The frames that states are written in. `teme`: true equator and mean equinox of date, as SGP4 gives them.
 * `eme2000`: those turned to the equator and equinox of J2000. `tdr`: turned with the Earth, by Greenwich
 * mean sidereal time; without polar motion, and UT1 taken as UTC.
 */
export const FRAMES = ["eme2000", "teme", "tdr"] as const;
/** One of FRAMES. */
export type Frame = (typeof FRAMES)[number];

/** A node's states, in the order of time: of instant i, `states[6 * i]` and the five after it. */
export interface Flown {
  /** The node's index in the constellation. */
  node: number;
  at: EpochMs[];
  /** Position in km and SGP4's own velocity in km/s, TEME. */
  states: Float64Array;
}

/** What nodes an ephemeris is of, and when. */
export interface Flight {
  constellation: Constellation;
  /** Indices in the constellation. */
  nodes: readonly number[];
  span: Span;
  /** Told of each node before it is flown, for who shows how far it is. */
  taken?(node: number): void;
}

/** So many states are some 2 ms of work: writers pause after them. */
export const STATES_PER_SLICE = 128;

/**
 * Flies one node, with a pause (a yield) after every STATES_PER_SLICE states. Instants at which it has no
 * orbit, before the elements or after its decay, are left out.
 * @param node its index in the constellation
 * @returns without an instant where it never flies in the span
 * @throws RangeError for an index outside the constellation
 */
export function* fly(
  { constellation, span, taken }: Omit<Flight, "nodes">,
  node: number,
): Generator<"", Flown> {
  taken?.(node);
  const propagate = propagatorOf(constellation.elements(node));
  const count = instantCount(span);
  const at: EpochMs[] = [];
  const states = new Float64Array(6 * count);
  const state = new Float64Array(6);
  for (let k = 0; k < count; k++) {
    const instant = instantOf(span, k);
    if (propagate(instant, state)) {
      states.set(state, 6 * at.length);
      at.push(instant);
    }
    if ((k + 1) % STATES_PER_SLICE === 0) yield "";
  }
  return { node, at, states };
}

/**
 * One state of a flight in a frame.
 * @param i the number of the instant
 * @param out receives position in km and velocity in km/s; in `tdr` the velocity is as seen from the turning Earth
 */
export function stateIn(frame: Frame, { at, states }: Flown, i: number, out: Float64Array): void {
  out.set(states.subarray(6 * i, 6 * i + 6));
  if (frame === "eme2000") temeToEme2000(out, at[i], out);
  if (frame === "tdr") temeToEcef(out, siderealTime(at[i]), out);
}

/**
 * Which of some nodes do not fly, by the first, the middle and the last instant of a span: a node that has no
 * orbit at those is out of what its elements are good for.
 * @returns their indices; of all others fly() has an instant at least
 */
export function grounded({ constellation, nodes, span }: Flight): number[] {
  const state = new Float64Array(6);
  const last = instantCount(span) - 1;
  const looks = [0, Math.floor(last / 2), last].map((k) => instantOf(span, k));
  return nodes.filter((node) => {
    const propagate = propagatorOf(constellation.elements(node));
    return !looks.some((at) => propagate(at, state));
  });
}

/**
 * An instant as ISO 8601 in UTC to the millisecond, without the zone's letter, as CCSDS writes it.
 * @param at milliseconds since 1970
 */
export const ccsdsTime = (at: EpochMs): string =>
  new Date(Math.round(at)).toISOString().slice(0, -1);
