/**
 * A sample of round trips: what light takes of each; what the radio takes is drawn anew by the same chance
 * for each profile.
 * @module
 */
import { drawAccess } from "../../mesh/radio/access.ts";
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import { mulberry32 } from "../../mesh/mulberry32.ts";
import type { Places } from "./places.ts";
import type { RoundTrips, Trip } from "./round-trips.ts";

/** Trips in order of time. */
export class Sample {
  readonly trips: readonly Trip[];
  readonly #seed: number;

  constructor(rounds: RoundTrips, places: Places, count: number, seed: number) {
    this.trips = [...rounds.draw(places, count, seed)];
    this.#seed = seed + 1;
  }

  /** How long each trip takes, ms, in order of time. */
  times(profile: RadioProfile): Float64Array {
    const random = mulberry32(this.#seed);
    return Float64Array.from(this.trips, ({ light, fibre }) => {
      const { up, down } = drawAccess(profile, random);
      return 1e3 * (light + fibre + up + down);
    });
  }
}
