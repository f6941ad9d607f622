/**
 * How nodes fly, as the search for passes asks: Earth-fixed, with the velocity that is the positions' own
 * rate, at any instant. By SGP4 for each node, or by the tables of generated shells.
 * @module
 */
import type { Constellation } from "../orbit/constellation.ts";
import { temeToEcef } from "../orbit/frames.ts";
import { Propagator, siderealTime } from "../orbit/propagation.ts";
import { hasTables, ShellAlmanac, type ShellPositions } from "../orbit/shell-almanac.ts";
import { type EpochMs, epochMs } from "../units.ts";

/** Where the nodes of one constellation fly. */
export interface Flight {
  /** How many nodes there are. */
  readonly count: number;
  /**
   * Writes a node's state.
   * @param index the node's in the constellation
   * @param at ms since 1970, not always whole
   * @param out receives x, y, z in km, then their rates in km/s
   * @returns false where the node has no orbit left
   */
  fly(index: number, at: number, out: Float64Array): boolean;
}

/** How the nodes of a constellation fly: by tables where they hold it, else by SGP4. */
export const flightOf = (constellation: Constellation): Flight =>
  hasTables(constellation)
    ? new TableFlight(new ShellAlmanac(constellation))
    : new Sgp4Flight(new Propagator(constellation), constellation.count);

/** By SGP4 and sidereal time at the very instant. */
export class Sgp4Flight implements Flight {
  readonly count: number;
  readonly #propagator: Pick<Propagator, "motion">;

  /** @param count how many nodes the propagator's constellation has */
  constructor(propagator: Pick<Propagator, "motion">, count: number) {
    this.count = count;
    this.#propagator = propagator;
  }

  /**
   * Writes a node's state, as Flight says.
   * @param index the node's in the constellation
   * @param at ms since 1970, not always whole
   * @param out receives x, y, z in km, then their rates in km/s
   * @returns false where the node has no orbit left
   */
  fly(index: number, at: number, out: Float64Array): boolean {
    const instant = epochMs(at);
    if (!this.#propagator.motion(index, instant, out)) return false;
    temeToEcef(out, siderealTime(instant), out);
    return true;
  }
}

/** By the curves of generated shells: to a centimetre, in a tenth of the time. */
export class TableFlight implements Flight {
  readonly count: number;
  readonly #almanac: ShellAlmanac;
  #positions: ShellPositions | undefined;

  constructor(almanac: ShellAlmanac) {
    this.count = almanac.constellation.count;
    this.#almanac = almanac;
  }

  /**
   * Writes a node's state, as Flight says.
   * @param index the node's in the constellation
   * @param at ms since 1970, not always whole
   * @param out receives x, y, z in km, then their rates in km/s
   * @returns true: all of them fly
   */
  fly(index: number, at: number, out: Float64Array): boolean {
    if (this.#positions?.at !== at) this.#positions = this.#almanac.at(at as EpochMs);
    this.#positions.state(index, out);
    return true;
  }
}
