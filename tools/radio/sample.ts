/**
 * A sample of round trips: what light takes of each, and what chance makes of the rest.
 * @module
 */
import { mulberry32 } from "../mulberry32.ts";
import { type Access, accessTime, type Chance, drawChance } from "./access.ts";
import type { Places } from "./places.ts";
import type { RoundTrips, Trip } from "./round-trips.ts";

/** Trips in order of time, and chance for each. */
export class Sample {
  readonly trips: readonly Trip[];
  readonly #chances: readonly Chance[];

  constructor(rounds: RoundTrips, places: Places, count: number, seed: number) {
    this.trips = [...rounds.draw(places, count, seed)];
    const random = mulberry32(seed + 1);
    this.#chances = this.trips.map(() => drawChance(random));
  }

  /** How long each trip takes, ms, in order of time. */
  times(access: Access): Float64Array {
    return Float64Array.from(
      this.trips,
      ({ at, light, fibre }, i) => 1e3 * (light + fibre) + accessTime(access, at, this.#chances[i]),
    );
  }
}
