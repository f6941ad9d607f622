/**
 * The sky of a catalogue: the almanac's window between two knots, and a grid over it.
 *
 * Only the first request of an isolate waits for the almanac; after that the next knot is fetched, and
 * the grid rebuilt in slices, behind answers already sent. A grid that is late costs a wider search,
 * never a wrong place.
 * Not its job: computing knots (the almanac's object), ranking nodes (mesh/placement).
 * @module
 */
import { logger } from "../../contract/log.ts";
import { builtInSlices } from "../../durable-objects/shared/slices.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { KnotAlmanac } from "../../mesh/orbit/knot-almanac.ts";
import { type Knot, knotNumber } from "../../mesh/orbit/knot.ts";
import { buildGrid, GridBuilder } from "../../mesh/placement/grid.ts";
import { GridFinder } from "../../mesh/placement/grid-finder.ts";
import type { Region } from "../../mesh/region.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { unavailable } from "../backends/unavailable.ts";
import { retryAfter } from "../retry-after.ts";
import { cachedKnots, fetchKnot } from "./knot-source.ts";
import type { AlmanacAccess, SkySource, Whereabouts } from "./sky-source.ts";
import { WaitingLine } from "./waiting-line.ts";

// A grid's drift of 2 s widens a search by 17 km: not worth rebuilding for.
const GRID_AGE_MAX_MS = 2_000;
// One slice takes some 0.3 ms: a request that arrives meanwhile waits no longer.
const NODES_PER_SLICE = 2_048;
// How long a client waits after a failure of the almanac, which seldom lasts longer.
const RETRY_MS = 1_000;

// Upkeep runs behind answers, for the isolate and for no request in particular.
const log = logger();

// To make the sky of another date takes a tenth of a second, and 3 MB until its request is answered.
const line = new WaitingLine(
  "Other dates are computed one at a time, and too many wait: ask again",
  {
    waiting_max: 16,
    of_one_max: 4,
    wait_ms_max: 10_000,
    work_ms_max: 15_000,
  },
);

/** The sky of an imported constellation, in one isolate. */
export class KnotSky implements SkySource {
  readonly #constellation: Constellation;
  readonly #knots = new Map<number, Knot>();
  #almanac: KnotAlmanac | undefined;
  #finder: GridFinder | undefined;

  constructor(constellation: Constellation) {
    this.#constellation = constellation;
  }

  async at(access: AlmanacAccess, at: EpochMs): Promise<Whereabouts> {
    const number = knotNumber(at);
    if (this.#almanac?.first.number !== number) {
      const knots = await this.#window(access, number);
      this.#almanac = new KnotAlmanac(this.#constellation, ...knots);
      for (const old of this.#knots.keys()) {
        if (old < number || old > number + 2) this.#knots.delete(old);
      }
    }
    const almanac = this.#almanac!;
    if (this.#finder?.almanac !== almanac) {
      this.#finder = new GridFinder(almanac, this.#finder?.grid ?? buildGrid(almanac, at));
    }
    return { almanac, finder: this.#finder };
  }

  /** Such skies are made one at a time, in slices, so that inferences go on meanwhile. */
  elsewhen(access: AlmanacAccess, at: EpochMs, tenant: string | null): Promise<Whereabouts> {
    return line.run(tenant, async () => {
      const knots = await this.#both(access, knotNumber(at), false);
      const almanac = new KnotAlmanac(this.#constellation, ...knots);
      const grid = await builtInSlices(new GridBuilder(almanac, at), NODES_PER_SLICE);
      return { almanac, finder: new GridFinder(almanac, grid) };
    });
  }

  /** From memory if it is there; it keeps none that its own window does not need. */
  async knot(access: AlmanacAccess, number: number): Promise<Knot> {
    try {
      const [knot] = await this.#get(access, [number], true);
      if (knot) return knot;
    } catch (error) {
      access.log.warn("The almanac did not come", { error });
    }
    throw unavailable("almanac", retryAfter(RETRY_MS));
  }

  /** Fetches the next knot and renews the grid. */
  async upkeep(env: Env, region: Region, now: EpochMs): Promise<void> {
    if (!this.#almanac || !this.#finder) return;
    await this.#prefetch({ env, region, log }, now);
    await this.#rebuild(now);
  }

  async #prefetch(access: AlmanacAccess, now: EpochMs): Promise<void> {
    const next = knotNumber(now) + 2;
    if (this.#knots.has(next)) return;
    try {
      const [knot] = await this.#get(access, [next], true);
      if (knot) this.#knots.set(next, knot);
    } catch (error) {
      log.warn("The next almanac did not come yet", { error });
    }
  }

  async #rebuild(now: EpochMs): Promise<void> {
    const almanac = this.#almanac!;
    if (Math.abs(now - this.#finder!.grid.at) < GRID_AGE_MAX_MS || !almanac.covers(now)) return;
    const ahead = epochMs(Math.min(now + GRID_AGE_MAX_MS, almanac.until));
    const grid = await builtInSlices(new GridBuilder(almanac, ahead), NODES_PER_SLICE);
    // The window may have moved on meanwhile; a grid is right in any.
    this.#finder = new GridFinder(this.#almanac!, grid);
  }

  async #window(access: AlmanacAccess, number: number): Promise<[Knot, Knot]> {
    const [first, second] = await this.#both(access, number, true);
    this.#knots.set(number, first);
    this.#knots.set(number + 1, second);
    return [first, second];
  }

  async #both(access: AlmanacAccess, number: number, isNow: boolean): Promise<[Knot, Knot]> {
    try {
      const [first, second] = await this.#get(access, [number, number + 1], isNow);
      if (first && second) return [first, second];
    } catch (error) {
      access.log.warn("The almanac did not come", { error });
    }
    throw unavailable("almanac", retryAfter(RETRY_MS));
  }

  /** From memory what is there, and fetches the others. */
  async #get(
    { env, region }: AlmanacAccess,
    numbers: readonly number[],
    isNow: boolean,
  ): Promise<(Knot | null)[]> {
    const held = numbers.map((number) => this.#knots.get(number));
    const missing = numbers.filter((_, i) => !held[i])
      .map((number) => ({ region, constellation: this.#constellation, number }));
    const fetched = isNow
      ? await cachedKnots(env, missing)
      : await Promise.all(missing.map((request) => fetchKnot(env, request)));
    return held.map((knot) => knot ?? fetched.shift() ?? null);
  }
}
