/**
 * What pairs of stations want to send, both ways together: a gravity model of people, or a file of the
 * published tool's form.
 * @module
 */
import { greatCircle } from "./great-circle.ts";
import type { City } from "./stations.ts";

// A tenth of the people, 300 kbit/s each: the published tool's figures (its dataset/src/README.md).
const SHARE = 0.1;
const GBIT_S_EACH = 300e-6;

/** Gbit/s by pair: of stations a < b, `demand[pairOf(a, b, count)]`. */
export type Demand = Float64Array;

/** The place of a pair among all pairs of so many stations. @param a less than `b` */
export const pairOf = (a: number, b: number, count: number): number =>
  a * (2 * count - a - 1) / 2 + b - a - 1;

/** Each city sends to all others what its people want, the nearer ones in proportion more of it. */
export function gravityDemand(cities: readonly City[]): Demand {
  const count = cities.length;
  const demand = new Float64Array(count * (count - 1) / 2);
  cities.forEach((city, from) => {
    const sent = Math.floor(city.population * SHARE) * GBIT_S_EACH;
    const near = cities.map((other, to) => to === from ? 0 : 1 / greatCircle(city, other));
    const all = near.reduce((sum, one) => sum + one, 0);
    near.forEach((one, to) => {
      if (to === from) return;
      demand[pairOf(Math.min(from, to), Math.max(from, to), count)] += sent * one / all;
    });
  });
  return demand;
}

/**
 * Reads demand from JSON that has Gbit/s by pair, one way, as `{ "G-0_G-1": 7.3, ... }`.
 * @param count of stations
 * @throws RangeError that names a pair that is missing or no number
 */
export function demandOf(text: string, count: number): Demand {
  const table: Record<string, unknown> = JSON.parse(text);
  const demand = new Float64Array(count * (count - 1) / 2);
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      if (to === from) continue;
      const key = `G-${from}_G-${to}`;
      const gbit_s = table[key];
      if (typeof gbit_s !== "number" || !(gbit_s >= 0)) {
        throw new RangeError(`--demand: ${key} must be a number of Gbit/s`);
      }
      demand[pairOf(Math.min(from, to), Math.max(from, to), count)] += gbit_s;
    }
  }
  return demand;
}
