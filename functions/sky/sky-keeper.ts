/**
 * The isolate's view of the sky: the almanac's window, a grid over it, and hints from nodes.
 *
 * It is kept from request to request. Only the first request of an isolate waits for the almanac;
 * after that the next knot is fetched, and the grid rebuilt in slices, behind answers already sent.
 * A grid that is late costs a wider search, never a wrong place.
 * Not its job: computing knots (the almanac's object), ranking nodes (mesh/placement).
 * @module
 */
import { settingsOf } from "../../contract/settings.ts";
import { type Log, logger } from "../../contract/log.ts";
import { builtInSlices } from "../../durable-objects/shared/slices.ts";
import { meshNow } from "../../mesh/clock.ts";
import { Almanac } from "../../mesh/orbit/almanac.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type Knot, knotNumber } from "../../mesh/orbit/knot.ts";
import { buildGrid, type Grid, GridBuilder } from "../../mesh/placement/grid.ts";
import type { Digest } from "../../mesh/node/digest.ts";
import { Hints } from "../../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../../mesh/placement/links.ts";
import { Placer } from "../../mesh/placement/place.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import type { Physics } from "../../mesh/placement/timing.ts";
import type { Region } from "../../mesh/region.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { launchedModels } from "../../models/launched.ts";
import { unavailable } from "../backends/unavailable.ts";
import { retryAfter } from "../retry-after.ts";
import { refreshConstellation } from "./constellation-source.ts";
import { cachedKnot, fetchKnot } from "./knot-source.ts";
import { WaitingLine } from "./waiting-line.ts";
import { refreshNodeStatus } from "./node-status.ts";
import { OwnDigests } from "./own-digests.ts";

// A grid's drift of 2 s widens a search by 17 km: not worth rebuilding for.
const GRID_AGE_MAX_MS = 2_000;
// One slice takes some 0.3 ms: a request that arrives meanwhile waits no longer.
const NODES_PER_SLICE = 2_048;
// Upkeep is cut off when the platform ends its request; after this another request starts it anew.
const UPKEEP_MS_MAX = 5_000;
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

/** Which region's almanac is asked, and which log hears if it does not answer. */
export interface AlmanacAccess {
  env: Env;
  region: Region;
  log: Log;
}

/** The sky of one constellation, in one isolate. */
export class SkyKeeper {
  readonly placer = new Placer();
  readonly hints: Hints;
  readonly #constellation: Constellation;
  readonly #knots = new Map<number, Knot>();
  readonly #own = new OwnDigests();
  #almanac: Almanac | undefined;
  #grid: Grid | undefined;
  #upkeepUntil = 0;

  constructor(constellation: Constellation) {
    this.#constellation = constellation;
    this.hints = new Hints(constellation.count);
  }

  /**
   * The sky at an instant, for asks of now: the keeper's window moves there.
   * @param at near now, mesh clock
   * @throws ProblemError `almanac_unavailable` if the almanac does not answer
   */
  async at(access: AlmanacAccess, at: EpochMs): Promise<Sky> {
    const number = knotNumber(at);
    if (this.#almanac?.first.number !== number) {
      const knots = await this.#window(access, number);
      this.#almanac = new Almanac(this.#constellation, ...knots);
      for (const old of this.#knots.keys()) {
        if (old < number || old > number + 2) this.#knots.delete(old);
      }
    }
    const almanac = this.#almanac!;
    this.#grid ??= buildGrid(almanac, at);
    return { almanac, grid: this.#grid, hints: this.hints, physics: physicsOf(access.env) };
  }

  /**
   * The sky at another date, for POST /v1/route. No inference needs it, so nothing of it is kept, and
   * such skies are made one at a time, in slices, so that inferences go on meanwhile.
   * @param at mesh clock
   * @param tenant who asks: a tenant's id; null for an operator
   * @throws ProblemError `almanac_unavailable` if the almanac does not answer, `overloaded` if too
   * many wait for other dates
   */
  elsewhen(access: AlmanacAccess, at: EpochMs, tenant: string | null): Promise<Sky> {
    return line.run(tenant, async () => {
      const knots = await this.#fetchBoth(access, knotNumber(at), false);
      const almanac = new Almanac(this.#constellation, ...knots);
      const grid = await builtInSlices(new GridBuilder(almanac, at), NODES_PER_SLICE);
      const hints = new Hints(this.#constellation.count);
      hints.boards = this.hints.boards;
      return { almanac, grid, hints, physics: physicsOf(access.env) };
    });
  }

  /**
   * Keeps what a node said of itself in an answer to a tenant, unless it is known to have said
   * something newer.
   * @param tenant the caller's tenant: hintsFor() shows the digest to this tenant and to operators only
   * @param index the node's, in the constellation
   */
  note(tenant: string, index: number, digest: Digest): void {
    this.hints.note(index, digest);
    this.#own.note(tenant, index, digest);
  }

  /**
   * Forgets what a node has said in its answers to any tenant.
   * @param index the node's, in the constellation
   */
  drop(index: number): void {
    this.hints.drop(index);
    this.#own.drop(index);
  }

  /**
   * Hears from a node that it has no board attached, whatever the registrars said.
   * @param index the node's, in the constellation
   */
  boardHasGone(index: number): void {
    this.hints.boards = new Set([...this.hints.boards].filter((other) => other !== index));
  }

  /**
   * What a caller may see of the nodes. A tenant sees what they said in answers to this tenant, and
   * which are out of service. An operator sees all that is known.
   * @param tenant the tenant's id; null for an operator
   * @param now mesh clock
   */
  hintsFor(tenant: string | null, now: EpochMs): Hints {
    if (tenant === null) return this.hints;
    const hints = new Hints(this.#constellation.count);
    for (const [index, digest] of this.#own.of(tenant)) hints.note(index, digest);
    hints.outOfService = this.hints.outOfService;
    hints.boards = this.hints.boards;
    hints.forget(now);
    return hints;
  }

  /**
   * Fetches the next knot, renews grid, hints and node status, and looks for a newer catalogue. To
   * be called behind the answer (`waitUntil`); while another request does it, it returns at once.
   */
  async upkeep(env: Env, region: Region): Promise<void> {
    const real = Date.now();
    if (real < this.#upkeepUntil || !this.#almanac || !this.#grid) return;
    this.#upkeepUntil = real + UPKEEP_MS_MAX;
    try {
      const now = meshNow(settingsOf(env).clock, real);
      await this.#prefetch({ env, region, log }, now);
      await this.#rebuild(now);
      this.hints.forget(now);
      await refreshNodeStatus(env, this.#constellation, this.hints, real);
      await refreshConstellation(
        env,
        region,
        (next) => skyKeeper(next).at({ env, region, log }, now),
      );
    } finally {
      this.#upkeepUntil = 0;
    }
  }

  async #prefetch(access: AlmanacAccess, now: EpochMs): Promise<void> {
    const next = knotNumber(now) + 2;
    if (this.#knots.has(next)) return;
    try {
      const knot = await this.#fetch(access, next, true);
      if (knot) this.#knots.set(next, knot);
    } catch (error) {
      log.warn("The next almanac did not come yet", { error });
    }
  }

  async #rebuild(now: EpochMs): Promise<void> {
    const almanac = this.#almanac!;
    if (Math.abs(now - this.#grid!.at) < GRID_AGE_MAX_MS || !almanac.covers(now)) return;
    const ahead = epochMs(Math.min(now + GRID_AGE_MAX_MS, almanac.until));
    this.#grid = await builtInSlices(new GridBuilder(almanac, ahead), NODES_PER_SLICE);
  }

  async #window(access: AlmanacAccess, number: number): Promise<[Knot, Knot]> {
    const held = [this.#knots.get(number), this.#knots.get(number + 1)];
    const [first, second] = held[0] && held[1]
      ? [held[0], held[1]]
      : await this.#fetchBoth(access, number, true);
    this.#knots.set(number, first);
    this.#knots.set(number + 1, second);
    return [first, second];
  }

  async #fetchBoth(
    access: AlmanacAccess,
    number: number,
    isNow: boolean,
  ): Promise<[Knot, Knot]> {
    try {
      const [first, second] = await Promise.all([
        this.#knots.get(number) ?? this.#fetch(access, number, isNow),
        this.#knots.get(number + 1) ?? this.#fetch(access, number + 1, isNow),
      ]);
      if (first && second) return [first, second];
    } catch (error) {
      access.log.warn("The almanac did not come", { error });
    }
    throw unavailable("almanac", retryAfter(RETRY_MS));
  }

  #fetch({ env, region }: AlmanacAccess, number: number, isNow: boolean): Promise<Knot | null> {
    const of = { region, constellation: this.#constellation, number };
    return isNow ? cachedKnot(env, of) : fetchKnot(env, of);
  }
}

function physicsOf(env: Env): Physics {
  const { profile } = settingsOf(env);
  return { profile, rates: DEFAULT_RATES, resident: launchedModels(profile) };
}

const keepers = new Map<string, SkyKeeper>();

// The constellation in use, and the next one while it is made ready.
const KEEPERS_MAX = 2;

/** The keeper of a constellation: one per isolate. */
export function skyKeeper(constellation: Constellation): SkyKeeper {
  let keeper = keepers.get(constellation.name);
  if (!keeper) {
    keepers.set(constellation.name, keeper = new SkyKeeper(constellation));
    if (keepers.size > KEEPERS_MAX) keepers.delete(keepers.keys().next().value!);
  }
  return keeper;
}
