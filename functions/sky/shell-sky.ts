/**
 * The sky of a generated constellation: tables of its shells, which hold at any date. Nothing is
 * fetched, and no request waits: a shell's table is made when a search first meets the shell, in half a
 * millisecond.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import type { SkySource, Whereabouts } from "./sky-source.ts";

/** The sky of a generated constellation, in one isolate. */
export class ShellSky implements SkySource {
  readonly #whereabouts: Whereabouts;

  constructor(constellation: Constellation) {
    const almanac = new ShellAlmanac(constellation);
    this.#whereabouts = { almanac, finder: new ShellFinder(almanac) };
  }

  at(): Promise<Whereabouts> {
    return Promise.resolve(this.#whereabouts);
  }

  elsewhen(): Promise<Whereabouts> {
    return Promise.resolve(this.#whereabouts);
  }

  knot(): Promise<never> {
    return Promise.reject(new RangeError("Tables have no knots"));
  }

  upkeep(): Promise<void> {
    return Promise.resolve();
  }
}
