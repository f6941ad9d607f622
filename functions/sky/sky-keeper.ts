/**
 * The isolate's view of the sky, kept from request to request: where the nodes are (sky-source.ts), and
 * hints from nodes.
 * Not its job: ranking nodes (mesh/placement).
 * @module
 */
import { settingsOf } from "../../contract/settings.ts";
import { logger } from "../../contract/log.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Knot } from "../../mesh/orbit/knot.ts";
import { hasTables } from "../../mesh/orbit/shell-almanac.ts";
import type { Digest } from "../../mesh/node/digest.ts";
import { Hints } from "../../mesh/placement/hints.ts";
import { ratesAmong } from "../../mesh/radio/beam-rates.ts";
import { Placer } from "../../mesh/placement/place.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import type { Physics } from "../../mesh/placement/timing.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { launchedModels } from "../../models/launched.ts";
import { refreshConstellation } from "./constellation-source.ts";
import { KnotSky } from "./knot-sky.ts";
import { refreshNodeStatus } from "./node-status.ts";
import { OwnDigests } from "./own-digests.ts";
import { ShellSky } from "./shell-sky.ts";
import type { AlmanacAccess, SkySource } from "./sky-source.ts";

// Upkeep is cut off when the platform ends its request; after this another request starts it anew.
const UPKEEP_MS_MAX = 5_000;

// Nothing that upkeep renews is needed fresher; asking after it behind each answer would cost more than it.
const UPKEEP_EVERY_MS = 200;

// Upkeep runs behind answers, for the isolate and for no request in particular.
const log = logger();

/** The sky of one constellation, in one isolate. */
export class SkyKeeper {
  readonly placer = new Placer();
  readonly hints: Hints;
  readonly #constellation: Constellation;
  readonly #source: SkySource;
  readonly #own = new OwnDigests();
  #upkeepUntil = 0;
  #upkeepDone = -Infinity;

  constructor(constellation: Constellation) {
    this.#constellation = constellation;
    this.#source = hasTables(constellation)
      ? new ShellSky(constellation)
      : new KnotSky(constellation);
    this.hints = new Hints();
  }

  /**
   * The sky at an instant, for asks of now.
   * @param at near now, mesh clock
   * @throws ProblemError `almanac_unavailable` if it needs an almanac that does not answer
   */
  async at(access: AlmanacAccess, at: EpochMs): Promise<Sky> {
    const whereabouts = await this.#source.at(access, at);
    return { ...whereabouts, hints: this.hints, physics: physicsOf(access.env) };
  }

  /**
   * A knot of about now, as it travels, of a constellation that has no tables.
   * @param number as knotNumber() of mesh/orbit/knot.ts counts
   * @throws ProblemError `almanac_unavailable` if the almanac does not answer
   */
  knot(access: AlmanacAccess, number: number): Promise<Knot> {
    return this.#source.knot(access, number);
  }

  /**
   * The sky at another date, for POST /v1/route: without hints, and nothing of it is kept.
   * @param at mesh clock
   * @param tenant who asks: a tenant's id; null for an operator
   * @throws ProblemError `almanac_unavailable` if it needs an almanac that does not answer,
   * `overloaded` if too many wait for other dates
   */
  async elsewhen(access: AlmanacAccess, at: EpochMs, tenant: string | null): Promise<Sky> {
    const whereabouts = await this.#source.elsewhen(access, at, tenant);
    const hints = new Hints();
    hints.boards = this.hints.boards;
    return { ...whereabouts, hints, physics: physicsOf(access.env) };
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
    const hints = new Hints();
    for (const [index, digest] of this.#own.of(tenant)) hints.note(index, digest);
    hints.outOfService = this.hints.outOfService;
    hints.boards = this.hints.boards;
    hints.forget(now);
    return hints;
  }

  /**
   * Renews the sky, hints and node status, and looks for a newer catalogue. To be called behind the
   * answer (`waitUntil`); while another request does it, it returns at once.
   */
  async upkeep(access: Pick<AlmanacAccess, "env" | "region">): Promise<void> {
    const real = Date.now();
    if (real < this.#upkeepUntil || Math.abs(real - this.#upkeepDone) < UPKEEP_EVERY_MS) return;
    this.#upkeepUntil = real + UPKEEP_MS_MAX;
    const { env, region } = access;
    try {
      const now = meshNow(settingsOf(env).clock, real);
      await this.#source.upkeep(env, region, now);
      this.hints.forget(now);
      await refreshNodeStatus(env, this.#constellation, this.hints, real);
      await refreshConstellation(
        env,
        region,
        (next) => skyKeeper(next).at({ env, region, log }, now),
      );
    } finally {
      this.#upkeepUntil = 0;
      this.#upkeepDone = Date.now();
    }
  }
}

function physicsOf(env: Env): Physics {
  const { profiles, radio } = settingsOf(env);
  return { profiles, rates: ratesAmong(radio), radio, launched: launchedModels };
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
