/**
 * A node for an ask, with all that explains it.
 * @module
 */
import type { Positions } from "../orbit/almanac.ts";
import { isSunlit } from "../orbit/eclipse.ts";
import { type Ecef, ecefToGeodetic, type Geodetic } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import { DISCIPLINE } from "../node/queue.ts";
import { type Region, regionBelow } from "../region.ts";
import { slotInstant, slotNumber } from "../tenure.ts";
import { type EpochMs, epochMs, type Km, km, seconds } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import { BatteryLook, type BatteryUse } from "./battery-use.ts";
import type { Reason } from "./scores.ts";
import { type LookAngles, lookAngles, type Site, siteOf } from "../geo/site.ts";
import type { Tolls } from "./finder.ts";
import { LIGHT_KM_S } from "./links.ts";
import type { Sky } from "./sky.ts";
import { type Timing, timing } from "./timing.ts";
import { tollsOf } from "./tolls.ts";
import { untouchedRefusing } from "./untouched-nodes.ts";

/** A node that could serve an ask, or would refuse it. */
export interface Candidate {
  /** Its index in the constellation. */
  index: number;
  /** Its id. */
  node: string;
  /** Whose object holds its state. */
  region: Region;
  /** How the ground sees the first node of the path; null where the origin is a node. */
  look: LookAngles | null;
  sub_point: Geodetic;
  sunlit: boolean;
  /** Ids from the node that takes the ask up to the one that thinks. */
  path: string[];
  /** Of the whole way, one way. */
  length: Km;
  timing: Timing;
  /** Why it is not asked; null: it is. */
  refusal: Reason | null;
  /** When it is worth asking again, where the node itself would refuse; null where nobody knows. */
  again: EpochMs | null;
  /** What its run would take of the battery, and how full that is; only under the objective `energy`. */
  battery?: { use: BatteryUse; state_of_charge: number };
}

/** How an ask gets to a node. */
export interface Way {
  /** The node's index in the constellation. */
  index: number;
  /** Indices from the node that takes the ask up to the one that thinks. */
  path: readonly number[];
  /**
   * Of the whole way, its tolls included, km; default: the slant range to a node that the ground sees
   * itself, whose toll is still to be added.
   */
  length?: number;
}

/** Of a candidate, what decides whether it is asked, and what it would take; its place is not explained. */
export type Prospect = Pick<
  Candidate,
  "index" | "look" | "length" | "timing" | "refusal" | "again"
>;

/**
 * Computes what decides whether a node is asked: for who needs no explanation of it. describe() says the
 * same of it, to the last bit.
 */
export function prospect(way: Way, { ask, sky }: { ask: Ask; sky: Sky }): Prospect {
  const positions = sky.almanac.at(ask.at);
  const site = isNodeOrigin(ask.origin) ? null : siteOf(ask.origin);
  const now = { positions, site, tolls: tollsOf(ask, sky) };
  return prospectOf(way, placeOf(positions, way.index), { ask, sky, now });
}

/**
 * Computes all that explains nodes as choices for an ask.
 * @param ways one for each node
 * @returns in the order of `ways`
 */
export function describe(ways: readonly Way[], { ask, sky }: { ask: Ask; sky: Sky }): Candidate[] {
  const { almanac } = sky;
  // All of one instant, then all of the other: an almanac is quickest so.
  const atSlot = almanac.at(slotInstant(slotNumber(ask.at)));
  const regions = ways.map(({ index }) => regionBelow(placeOf(atSlot, index)));
  const now: Now = {
    positions: almanac.at(ask.at),
    site: isNodeOrigin(ask.origin) ? null : siteOf(ask.origin),
    sun: sunDirectionEcef(ask.at),
    battery: ask.objective === "energy" ? new BatteryLook({ at: ask.at, ...sky }) : null,
    tolls: tollsOf(ask, sky),
  };
  return ways.map((way, w) => describeOne(way, regions[w], { ask, sky, now }));
}

/** What all nodes have in common at an ask's instant. */
interface Now {
  positions: Positions;
  /** Of the ask; null where its origin is a node. */
  site: Site | null;
  /** Unit vector, Earth-fixed. */
  sun: Ecef;
  /** Null under the objective `latency`. */
  battery: BatteryLook | null;
  tolls: Tolls | undefined;
}

/** @param node where it is */
function prospectOf(
  { index, path, length }: Way,
  node: Ecef,
  { ask, sky, now }: { ask: Ask; sky: Sky; now: Pick<Now, "positions" | "site" | "tolls"> },
): Prospect {
  const { almanac, hints, physics } = sky;
  const look = now.site &&
    lookAngles(now.site, path[0] === index ? node : placeOf(now.positions, path[0]));
  const hops = path.length - 1;
  const toll_km = now.tolls && look
    ? tollOf(now.tolls, path[0], look.slant_range, now.positions)
    : 0;
  const way = km(
    length === undefined
      ? look?.slant_range ?? 0
      : length - toll_km - (now.tolls ? hops * now.tolls.hop_km : 0),
  );
  const digest = hints.of(index);
  const own = !hints.isTouched(index)
    ? untouchedRefusing(index, { ask, almanac, physics })
    : digest?.refusing ?? null;
  const profile = physics.profiles.of(almanac.constellation, index);
  const toll = seconds(2 * toll_km / LIGHT_KM_S);
  const times = timing({ ask, length: way, toll, hops, digest, profile, physics });
  const late = ask.deadline_ms !== null && times.total * 1e3 > ask.deadline_ms;
  const full = times.queue > DISCIPLINE[ask.class].horizon_s;
  const refusal: Reason | null = ask.memory_bytes > profile.memory_bytes
    ? "no_memory"
    : ask.policy && !ask.policy.admits(index, node)
    ? "excluded"
    : ask.needs_hardware && !hints.boards.has(index)
    ? "no_hardware"
    : hints.refusal(index, ask.at) ??
      (own && ask.at < own.until_ms ? own.refusal : full ? "busy" : late ? "too_late" : null);
  return {
    index,
    look,
    length: way,
    timing: times,
    refusal,
    again: own && epochMs(own.until_ms),
  };
}

function describeOne(
  way: Way,
  region: Region,
  { ask, sky, now }: { ask: Ask; sky: Sky; now: Now },
): Candidate {
  const { index, path } = way;
  const { constellation } = sky.almanac;
  const node = placeOf(now.positions, index);
  const { look, length, timing, refusal, again } = prospectOf(way, node, { ask, sky, now });
  const id = constellation.id(index);
  const candidate: Candidate = {
    index,
    node: id,
    region,
    look,
    sub_point: ecefToGeodetic(node),
    sunlit: isSunlit(node, now.sun),
    path: path.map((hop) => hop === index ? id : constellation.id(hop)),
    length,
    timing,
    refusal,
    again,
  };
  if (now.battery) candidate.battery = batteryOf(now.battery, index, node, timing);
  return candidate;
}

function batteryOf(
  look: BatteryLook,
  index: number,
  { x, y, z }: Ecef,
  { total, light, transfer, up, access, access_up }: Timing,
): NonNullable<Candidate["battery"]> {
  xyz.set([x, y, z]);
  look.at(index, total - light / 2 - (transfer - up) - (access - access_up), xyz, 0);
  return { use: look.use, state_of_charge: look.state_of_charge };
}

const xyz = new Float64Array(3);

function tollOf(tolls: Tolls, index: number, range: Km, positions: Positions): number {
  positions.position(index, xyz);
  return tolls.of(index, range, xyz, 0);
}

function placeOf(positions: Positions, index: number): Ecef {
  positions.position(index, xyz);
  return { x: xyz[0], y: xyz[1], z: xyz[2] };
}
