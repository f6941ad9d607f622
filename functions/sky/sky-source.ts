/**
 * Where an isolate's nodes are and which are near: what a sky is made of, beside hints and physics.
 * Two give it: knots and a grid for a catalogue (knot-sky.ts), tables for generated shells
 * (shell-sky.ts), for which nothing is fetched.
 * @module
 */
import type { Log } from "../../contract/log.ts";
import type { Almanac } from "../../mesh/orbit/almanac.ts";
import type { Knot } from "../../mesh/orbit/knot.ts";
import type { Finder } from "../../mesh/placement/finder.ts";
import type { Region } from "../../mesh/region.ts";
import type { EpochMs } from "../../mesh/units.ts";

/** Which region's almanac is asked, and which log hears if it does not answer. */
export interface AlmanacAccess {
  readonly env: Env;
  readonly region: Region;
  readonly log: Log;
}

/** Where the nodes are, and which are near a place. */
export interface Whereabouts {
  almanac: Almanac;
  finder: Finder;
}

/** Of one constellation, in one isolate. */
export interface SkySource {
  /**
   * For asks of now.
   * @param at near now, mesh clock
   * @throws ProblemError `almanac_unavailable` if it needs an almanac that does not answer
   */
  at(access: AlmanacAccess, at: EpochMs): Promise<Whereabouts>;
  /**
   * For another date. Nothing of it is kept.
   * @param at mesh clock
   * @param tenant who asks: a tenant's id; null for an operator
   * @throws ProblemError `almanac_unavailable` if it needs an almanac that does not answer,
   * `overloaded` if too many wait for other dates
   */
  elsewhen(access: AlmanacAccess, at: EpochMs, tenant: string | null): Promise<Whereabouts>;
  /**
   * A knot of about now, as it travels.
   * @param number as knotNumber() of mesh/orbit/knot.ts counts
   * @throws ProblemError `almanac_unavailable` if the almanac does not answer
   * @throws RangeError where nothing is fetched: a bug of the caller
   */
  knot(access: AlmanacAccess, number: number): Promise<Knot>;
  /** Renews what at() gives, behind an answer. @param now mesh clock */
  upkeep(env: Env, region: Region, now: EpochMs): Promise<void>;
}
