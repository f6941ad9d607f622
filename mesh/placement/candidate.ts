/**
 * A node for an ask, with all that explains it.
 * @module
 */
import { isSunlit } from "../orbit/eclipse.ts";
import { type Ecef, ecefToGeodetic, type Geodetic } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import { DISCIPLINE } from "../node/queue.ts";
import { type Region, regionBelow } from "../region.ts";
import { slotInstant, slotNumber } from "../tenure.ts";
import { type EpochMs, epochMs, type Km, km } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import type { Reason } from "./scores.ts";
import { type LookAngles, lookAngles, siteOf } from "../geo/site.ts";
import type { Sky } from "./sky.ts";
import { type Timing, timing } from "./timing.ts";
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
}

/**
 * Computes all that explains a node as the choice for an ask.
 * @param path indices from the node that takes the ask up to the one that thinks
 * @param length of the whole way, km; default: the slant range to a node that the ground sees itself
 */
export function describe(
  { index, path, length, ask, sky }: {
    index: number;
    path: number[];
    length?: number;
    ask: Ask;
    sky: Sky;
  },
): Candidate {
  const { almanac, hints, physics } = sky;
  const node = positionOf(sky, ask, index);
  const look = isNodeOrigin(ask.origin)
    ? null
    : lookAngles(siteOf(ask.origin), path[0] === index ? node : positionOf(sky, ask, path[0]));
  const way = km(length ?? look?.slant_range ?? 0);
  const digest = hints.of(index);
  const own = !hints.isTouched(index)
    ? untouchedRefusing(index, { ask, almanac, physics })
    : digest?.refusing ?? null;
  const times = timing({ ask, length: way, digest, physics });
  const late = ask.deadline_ms !== null && times.total * 1e3 > ask.deadline_ms;
  const full = times.queue > DISCIPLINE[ask.class].horizon_s;
  const refusal: Reason | null = ask.memory_bytes > physics.profile.memory_bytes
    ? "no_memory"
    : ask.policy && !ask.policy.admits(index, node)
    ? "excluded"
    : ask.needs_hardware && !hints.boards.has(index)
    ? "no_hardware"
    : hints.refusal(index, ask.at) ??
      (own && ask.at < own.until_ms ? own.refusal : full ? "busy" : late ? "too_late" : null);
  return {
    index,
    node: almanac.constellation.id(index),
    region: ownerOf(sky, ask, index),
    look,
    sub_point: ecefToGeodetic(node),
    sunlit: isSunlit(node, sunDirectionEcef(ask.at)),
    path: path.map((hop) => almanac.constellation.id(hop)),
    length: way,
    timing: times,
    refusal,
    again: own && epochMs(own.until_ms),
  };
}

/** By the slot's start, as its objects reckon (mesh/tenure.ts). */
const ownerOf = (sky: Sky, { at }: Ask, index: number): Region =>
  regionBelow(positionOf(sky, { at: slotInstant(slotNumber(at)) }, index));

function positionOf({ almanac }: Sky, { at }: Pick<Ask, "at">, index: number): Ecef {
  const xyz = new Float64Array(3);
  almanac.at(at).position(index, xyz);
  return { x: xyz[0], y: xyz[1], z: xyz[2] };
}
