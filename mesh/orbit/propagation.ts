/**
 * SGP4, sidereal time and the Sun: the one place that imports satellite.js.
 * What comes out is branded or written into a caller's array; TEME, km and km/s.
 * Not its job: interpolation, frames.
 * @module
 */
import { checkForDecay, gstime, json2satrec, type SatRec, sgp4, sunPos } from "satellite.js";
import type { Constellation } from "./constellation.ts";
import { WGS84_EQUATORIAL_RADIUS_KM, WGS84_FLATTENING } from "./earth.ts";
import { type Elements, ORBIT_RADIUS_MAX_KM, toOmm } from "./elements.ts";
import {
  type EpochMs,
  epochMs,
  MS_PER_DAY,
  MS_PER_MINUTE,
  type Radians,
  radians,
} from "../units.ts";

const JULIAN_DATE_1970 = 2_440_587.5;

/**
 * The Julian date of an instant, in days. UT1 is taken as UTC: the two differ by at most 0.9 s,
 * which turns the Earth by at most 420 m at the equator.
 */
export const julianDate = (at: EpochMs): number => at / MS_PER_DAY + JULIAN_DATE_1970;

/** Greenwich mean sidereal time (IAU 1982): the angle from TEME to the Earth-fixed frame. */
export const siderealTime = (at: EpochMs): Radians => radians(gstime(julianDate(at)));

/**
 * The direction to the Sun: a unit vector, mean equator of date; good to 0.01 degrees (Astronomical
 * Almanac, low precision).
 * @returns x, y, z
 */
export function sunDirectionTeme(at: EpochMs): [number, number, number] {
  const { x, y, z } = sunPos(julianDate(at)).rsun;
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

// SatRecs kept for an imported constellation: 31 MB, what an isolate of 128 MB can spare. Nodes beyond
// are initialised anew for every state, some 8 us each: a knot takes longer, and no memory.
const KEPT_MAX = 20_000;

/**
 * Propagates any node of a constellation.
 *
 * A SatRec holds some 1,550 bytes, 65 MB for 41,914 nodes: too much for an isolate of 128 MB. All
 * that SGP4 derives at initialisation depends on RAAN, argument of perigee and mean anomaly only
 * through drag; nodes of one generated group have none, so one SatRec serves a whole group, with the
 * three angles put in before each call. The test holds it to a SatRec per node, within 0.1 mm.
 * Imported nodes have drag, and a SatRec each.
 */
export class Propagator {
  readonly #constellation: Constellation;
  readonly #templates: (SatRec | undefined)[] = [];
  readonly #own: (Propagation | undefined)[] = [];

  constructor(constellation: Constellation) {
    this.#constellation = constellation;
  }

  /**
   * Writes the position and SGP4's own velocity of one node.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km, then their rates in km/s, TEME
   * @returns false where the node has no orbit left: SGP4 has no answer, or one below REENTRY_KM
   * or beyond ORBIT_RADIUS_MAX_KM. What `out` holds then is of no use.
   * @throws RangeError for an index outside the constellation
   */
  state(index: number, at: EpochMs, out: Float64Array): boolean {
    if (!this.#constellation.shells) return this.#propagation(index)(at, out);
    const elements = this.#constellation.elements(index);
    const group = this.#constellation.group(index);
    const template = this.#templates[group] ??= satrecOf(elements);
    template.nodeo = elements.raan;
    template.argpo = elements.arg_perigee;
    template.mo = elements.mean_anomaly;
    return stateOf(template, elements.epoch, at, out);
  }

  /**
   * As state(), for who interpolates from there: the velocity is the derivative of the position.
   * It costs as much for a generated constellation, and three times as much (withSlope()) for an
   * imported one.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km, then their rates in km/s, TEME
   * @returns false where state() does
   * @throws RangeError for an index outside the constellation
   */
  motion(index: number, at: EpochMs, out: Float64Array): boolean {
    // Without drag SGP4's own is good to 2 cm/s, half a metre of interpolation included.
    if (this.#constellation.shells) return this.state(index, at, out);
    return withSlope(this.#propagation(index), at, out);
  }

  // By index, not by last use: every knot walks all nodes in order, and a cache of the last 20,000
  // would never hold the next one.
  #propagation(index: number): Propagation {
    if (index >= KEPT_MAX) return propagatorOf(this.#constellation.elements(index));
    return this.#own[index] ??= propagatorOf(this.#constellation.elements(index));
  }
}

/** Writes a state as Propagator.state() does. */
export type Propagation = (at: EpochMs, out: Float64Array) => boolean;

/** How SGP4 turns an orbit without drag, rad/min: all three are constant. */
export interface SecularRates {
  /** Of the mean argument of latitude: anomaly and perigee. */
  latitude: number;
  raan: number;
  perigee: number;
}

/**
 * The rates of an orbit without drag, near the Earth.
 * @throws RangeError for an orbit with drag, or of 225 minutes or more: SGP4 moves those otherwise
 */
export function secularRates(elements: Elements): SecularRates {
  const { bstar, method, mdot, argpdot, nodedot } = satrecOf(elements);
  if (bstar !== 0 || method !== "n") throw new RangeError("An orbit's rates are not constant");
  return { latitude: mdot + argpdot, raan: nodedot, perigee: argpdot };
}

/**
 * Prepares the states at its epoch of an orbit without drag, by where on it a node is. The orbit's own
 * RAAN, perigee and anomaly are not read: the RAAN is 0.
 * @returns writes a state as Propagator.state() does
 */
export function statesAlong(
  elements: Elements,
): (at: { perigee: number; anomaly: number }, out: Float64Array) => boolean {
  const satrec = satrecOf(elements);
  satrec.nodeo = 0;
  return ({ perigee, anomaly }, out) => {
    satrec.argpo = perigee;
    satrec.mo = anomaly;
    return stateOf(satrec, elements.epoch, elements.epoch, out);
  };
}

/** Initialises SGP4 for one node by its elements alone: what a node's own object needs. */
export function propagatorOf(elements: Elements): Propagation {
  const flown = flightOf(elements);
  return (at, out) => flown(at, out) && !hasReentered(out);
}

/** As far down as SGP4 flies it, re-entered or not. */
export function flightOf(elements: Elements): Propagation {
  const satrec = satrecOf(elements);
  return (at, out) => stateOf(satrec, elements.epoch, at, out);
}

// Half a second on either side: 0.4 mm/s off in low orbit, and above the rounding of positions.
const SLOPE_MS = 500;

/**
 * As a propagation, but with the velocity that its own positions have. SGP4's is not quite their
 * derivative: a few cm/s off where there is little drag, and 15 m/s where an orbit decays. Three
 * times the work: the slope is the central difference over a second. Where there is no state half
 * a second before or after, SGP4's velocity stays.
 * @param out receives what `propagate` writes, then the slope over its velocity
 * @returns false where `propagate` has no state at `at`
 */
export function withSlope(propagate: Propagation, at: EpochMs, out: Float64Array): boolean {
  if (!propagate(at, out)) return false;
  // At the very end of an orbit there is no state after it: SGP4's own velocity has to do.
  if (!propagate(epochMs(at - SLOPE_MS), before)) return true;
  if (!propagate(epochMs(at + SLOPE_MS), after)) return true;
  for (let axis = 0; axis < 3; axis++) {
    out[3 + axis] = (after[axis] - before[axis]) / (2 * SLOPE_MS / 1e3);
  }
  return true;
}

const [before, after] = [new Float64Array(6), new Float64Array(6)];

/**
 * Below this no satellite completes a revolution, whatever SGP4 says: it would fly one on at 10 km.
 * Intact bodies break up at 75 to 85 km (Ailor et al., "Spacecraft Reentry Breakup", 2005).
 */
export const REENTRY_KM = 80;
const SAFE_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_KM + REENTRY_KM;

/** The ellipsoid's radius below is good to 30 m. */
function hasReentered(state: Float64Array): boolean {
  const [x, y, z] = state;
  const r2 = x * x + y * y + z * z;
  if (r2 >= SAFE_RADIUS_KM * SAFE_RADIUS_KM) return false;
  const ground_km = WGS84_EQUATORIAL_RADIUS_KM * (1 - WGS84_FLATTENING * z * z / r2);
  return Math.sqrt(r2) < ground_km + REENTRY_KM;
}

function satrecOf(elements: Elements): SatRec {
  return json2satrec({ ...toOmm({ id: "", number: 0, elements }) });
}

function stateOf(satrec: SatRec, epoch: EpochMs, at: EpochMs, out: Float64Array): boolean {
  const result = sgp4(satrec, (at - epoch) / MS_PER_MINUTE);
  // Long after its decay, SGP4 flies a node on through nonsense: its drag factor has passed zero then.
  if (!result || checkForDecay(satrec)) return false;
  const { x, y, z } = result.position;
  // Long before its epoch, or with a negative drag term, an orbit can grow without end, or to NaN.
  if (!(x * x + y * y + z * z <= ORBIT_RADIUS_MAX_KM * ORBIT_RADIUS_MAX_KM)) return false;
  out[0] = x;
  out[1] = y;
  out[2] = z;
  out[3] = result.velocity.x;
  out[4] = result.velocity.y;
  out[5] = result.velocity.z;
  return true;
}
