/**
 * Computes the almanac's knots for a region, once for all its isolates.
 * Keeps nothing on disk: a knot is a pure function of the constellation and its number.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../contract/settings.ts";
import { computeKnot } from "../mesh/orbit/knot.ts";
import { Propagator } from "../mesh/orbit/propagation.ts";

// The current window's two, the next one's, and one asked for at another date; 1 MB each.
const KNOTS_MAX = 4;

export class AlmanacKeeper extends DurableObject<Env> {
  readonly #knots = new Map<number, ArrayBuffer>();
  #propagator: Propagator | undefined;

  /** The packed knot of this number (see mesh/orbit/knot.ts). */
  knot(number: number): ArrayBuffer {
    const kept = this.#knots.get(number);
    if (kept) return kept;
    const { constellation } = settingsOf(this.env);
    this.#propagator ??= new Propagator(constellation);
    const { bytes } = computeKnot(constellation, this.#propagator, number);
    this.#knots.set(number, bytes);
    if (this.#knots.size > KNOTS_MAX) {
      this.#knots.delete(this.#knots.keys().next().value!);
    }
    return bytes;
  }
}
