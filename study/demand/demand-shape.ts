/**
 * The demand of a scenario: how many asks set out in each minute, and each of them, in order of time. A minute's
 * asks depend on the seed and the minute alone, so a run can go on from any of them.
 * @module
 */
import {
  degrees,
  type EpochMs,
  epochMs,
  km,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
} from "../../mesh/units.ts";
import type { StudyAsk } from "../ask.ts";
import { drawnAround } from "./around.ts";
import { firstAbove, People } from "./people.ts";
import { type Random, randomOf } from "./random.ts";

/** Where asks of a kind come from: where people are, a node that holds the data, or one place. */
export type OriginRule = "people" | "orbit" | { lat: number; lon: number };

/** What a demand is made of. */
export interface DemandSettings {
  /** 32 bits. */
  seed: number;
  from: EpochMs;
  until: EpochMs;
  /** Of all kinds, over the whole time. */
  asks: number;
  /** Smaller cities count as nobody. */
  people_min: number;
  /** How far from a city's middle its people may be, km. */
  around_km: number;
  /** How much people ask at each hour of their solar time: 24 weights. */
  by_local_hour: readonly number[];
  kinds: readonly { share: number; from: OriginRule }[];
}

/** All asks of a scenario. */
export class DemandShape {
  /** Whole minutes from the first instant to the last. */
  readonly minutes: number;
  readonly #settings: DemandSettings;
  readonly #people: People;
  readonly #shares: Float64Array;
  /** Of the asks, those of a minute and of all before it: the last is all of them. */
  readonly #until: Float64Array;

  constructor(settings: DemandSettings, people = new People(settings.people_min)) {
    this.#settings = settings;
    this.#people = people;
    this.minutes = Math.ceil((settings.until - settings.from) / MS_PER_MINUTE);
    let share = 0;
    this.#shares = Float64Array.from(settings.kinds, (kind) => share += kind.share);
    let sum = 0;
    const sums = Float64Array.from({ length: this.minutes }, (_, minute) => {
      const { from, until } = this.#span(minute);
      return sum += this.#asking(minute).reduce((a, b) => a + b, 0) * (until - from);
    });
    if (!(sum > 0)) throw new RangeError("Nobody asks: no people, or no hour at which they ask");
    this.#until = sums.map((part) => Math.round(settings.asks * part / sum));
  }

  /** How many asks set out in a minute. */
  count(minute: number): number {
    return this.#until[minute] - (minute > 0 ? this.#until[minute - 1] : 0);
  }

  /**
   * The asks of a minute, in order of time.
   * @param nodes of the constellation, for asks whose data lies in orbit
   */
  *asks(minute: number, nodes: number): Generator<StudyAsk> {
    const { seed, kinds } = this.#settings;
    const random = randomOf(seed, minute);
    const { from, until } = this.#span(minute);
    const instants = Float64Array.from(
      { length: this.count(minute) },
      () => Math.floor(from + random() * (until - from)),
    ).sort();
    const asking = this.#asking(minute);
    let sum = 0;
    const sums = asking.map((people) => sum += people);
    for (const at of instants) {
      const kind = firstAbove(this.#shares, random() * this.#shares[kinds.length - 1]);
      const origin = this.#origin(kinds[kind].from, { random, sums, nodes });
      yield { at: epochMs(at), origin, kind };
    }
  }

  #origin(
    rule: OriginRule,
    { random, sums, nodes }: { random: Random; sums: Float64Array; nodes: number },
  ): StudyAsk["origin"] {
    if (rule === "orbit") return { node: Math.floor(random() * nodes) };
    if (rule !== "people") return placeAt(rule.lat, rule.lon);
    const band = firstAbove(sums, random() * sums[sums.length - 1]);
    const { lat, lon } = this.#people.draw(band, random);
    const { north, east } = drawnAround(lat, this.#settings.around_km, random);
    return placeAt(Math.min(Math.max(lat + north, -89), 89), (lon + east + 540) % 360 - 180);
  }

  #asking(minute: number): Float64Array {
    const { from } = this.#span(minute);
    return this.#people.asking(from % MS_PER_DAY / MS_PER_HOUR, this.#settings.by_local_hour);
  }

  #span(minute: number): { from: EpochMs; until: EpochMs } {
    const from = this.#settings.from + minute * MS_PER_MINUTE;
    return {
      from: epochMs(from),
      until: epochMs(Math.min(from + MS_PER_MINUTE, this.#settings.until)),
    };
  }
}

const placeAt = (lat: number, lon: number) => ({
  lat: degrees(lat),
  lon: degrees(lon),
  alt: km(0),
});
