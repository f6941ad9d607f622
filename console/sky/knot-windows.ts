/**
 * The knots that the page has had of a catalogue, one after the other without a gap: where all nodes are at
 * any instant between the first and the last of them.
 * @module
 */
import type { Almanac, Positions } from "../../mesh/orbit/almanac.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type Knot, knotInstant, knotNumber } from "../../mesh/orbit/knot.ts";
import { KnotAlmanac } from "../../mesh/orbit/knot-almanac.ts";
import type { EpochMs } from "../../mesh/units.ts";

// Of 10,000 satellites more than the hour that the bar of time has, of 41,914 three quarters of it.
const KEPT_BYTES = 48_000_000;
// The window of now, the one ahead, and the one behind.
const KEPT_MIN = 4;

/** An almanac that grows at its end, and forgets its beginning. */
export class KnotWindows implements Almanac {
  readonly constellation: Constellation;
  #knots: Knot[];
  /** Of the window that was asked for last. */
  #window: KnotAlmanac;

  /** @param knots two or more that follow one another */
  constructor(constellation: Constellation, knots: readonly Knot[]) {
    this.constellation = constellation;
    this.#knots = [...knots];
    this.#window = new KnotAlmanac(constellation, knots[0], knots[1]);
  }

  /**
   * Takes in knots that have come. Those that do not follow what is there replace it, if two or more do make
   * a window.
   * @param knots that follow one another
   */
  add(knots: readonly Knot[]): void {
    if (knots.length === 0) return;
    if (knots[0].number === this.#last.number + 1) this.#knots.push(...knots);
    else if (knots.length > 1) this.#knots = [...knots];
    while (this.#knots.length > KEPT_MIN && this.#bytes > KEPT_BYTES) this.#knots.shift();
  }

  /** Whether a knot is there. @param number as knotNumber() counts */
  has(number: number): boolean {
    return number >= this.#knots[0].number && number <= this.#last.number;
  }

  /** What it covers. */
  get span(): { from: EpochMs; until: EpochMs } {
    return {
      from: knotInstant(this.#knots[0].number),
      until: knotInstant(this.#last.number),
    };
  }

  covers(at: EpochMs): boolean {
    const { from, until } = this.span;
    return at >= from && at <= until;
  }

  /**
   * The almanac of the two knots around an instant.
   * @throws RangeError for an instant that the knots do not cover: a bug of the caller
   */
  window(at: EpochMs): KnotAlmanac {
    if (!this.covers(at)) throw new RangeError(`No knots around ${at}`);
    const number = Math.min(knotNumber(at), this.#last.number - 1);
    if (this.#window.first.number !== number) {
      const i = number - this.#knots[0].number;
      this.#window = new KnotAlmanac(this.constellation, this.#knots[i], this.#knots[i + 1]);
    }
    return this.#window;
  }

  at(instant: EpochMs): Positions {
    return this.window(instant).at(instant);
  }

  /** In the window of the instant that was asked for last. */
  flies(index: number): boolean {
    return this.#window.flies(index);
  }

  /** In the window of the instant that was asked for last, as the other one. */
  get radius_min_km(): number {
    return this.#window.radius_min_km;
  }

  get radius_max_km(): number {
    return this.#window.radius_max_km;
  }

  get #last(): Knot {
    return this.#knots[this.#knots.length - 1];
  }

  get #bytes(): number {
    return this.#knots.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  }
}
