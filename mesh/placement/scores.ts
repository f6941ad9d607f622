/**
 * What a search ranks by: the modelled time to result, in seconds, by the length of the way; and who
 * is out of the question, and why.
 * @module
 */
import { REFUSALS } from "../node/admit.ts";
import type { HardwareProfile } from "../node/profile.ts";
import { DISCIPLINE } from "../node/queue.ts";
import type { Almanac } from "../orbit/almanac.ts";
import type { Ecef } from "../orbit/frames.ts";
import type { Ask } from "./ask.ts";
import type { Hints } from "./hints.ts";
import { LIGHT_KM_S } from "./links.ts";
import { type Physics, reception, transfersOf } from "./timing.ts";
import { untouchedTakes } from "./untouched-nodes.ts";

/**
 * How fast one ask would be answered, in seconds; Infinity where it would not be. Lengths are of the whole
 * way, the radio's tolls on it included (tolls.ts).
 */
export interface Scores {
  /** Whether shells differ in their hardware, and so in their bounds; missing: they do not. */
  readonly isMixed?: boolean;
  /**
   * For a node of which nothing is known but how long the way to it is: a lower bound that grows with
   * the length.
   * @param group of the node's shell, where that is known; else the bound is that of the fastest
   */
  at(length_km: number, group?: number): number;
  /**
   * No longer way scores this or better, km; Infinity for a score of Infinity.
   * @param group as for at(); -Infinity for a shell of which no node can run the model
   */
  longest(score: number, group?: number): number;
  /**
   * For one node, what is known of it included; Infinity where it is out of the question.
   * @param xyz holds its Earth-fixed position, km, from `offset` on
   */
  of(index: number, length_km: number, xyz: Float64Array, offset: number): number;
}

// A score of hours has its last bit at a nanometre.
const LENGTH_ROUNDING_KM = 1e-6;

/** Why a candidate is not asked: it would refuse, or the ask's policy keeps it out. */
export const REASONS = [...REFUSALS, "excluded"] as const;
/** One of REASONS. */
export type Reason = typeof REASONS[number];

/** What untouched nodes of one hardware take for an ask. */
interface Kind {
  profile: HardwareProfile;
  /** At full speed, s. */
  npu: number;
  /** Until the model is in memory, s. */
  load: number;
  /** By how much its NPU ends later than the fastest, s; Infinity: the model does not fit. */
  later: number;
}

/**
 * Makes the scores of one ask.
 * @param explaining whether to score nodes that are out of the question too, to say why they are
 */
export function scoresOf(
  { ask, almanac, hints, physics, explaining }: {
    ask: Ask;
    almanac: Almanac;
    hints: Hints;
    physics: Physics;
    explaining: boolean;
  },
): Scores {
  const { far, here } = transfersOf(ask, physics);
  const { constellation } = almanac;
  const { profiles } = physics;
  const isMixed = profiles.kinds.length > 1;
  // No node is faster than one of its kind at full speed that holds the model: what any other takes
  // comes on top.
  const kinds: Kind[] = [];
  let npu = Infinity;
  for (const profile of profiles.kinds) {
    const fits = explaining || ask.memory_bytes <= profile.memory_bytes;
    const own = reception(undefined, { ask, arrives: ask.at, profile, physics });
    kinds.push({ profile, npu: own.npu, load: own.load, later: fits ? own.npu : Infinity });
    if (fits && own.npu < npu) npu = own.npu;
  }
  for (const kind of kinds) if (kind.later < Infinity) kind.later -= npu;
  const horizon = DISCIPLINE[ask.class].horizon_s;
  const fixedFar = far.up + far.down + npu + (far.access.up + far.access.down);
  const fixedHere = here.up + here.down + npu + (here.access.up + here.access.down);
  const boards = !explaining && ask.needs_hardware ? hints.boards : null;
  const fits = npu < Infinity && boards?.size !== 0;
  const limit = !fits
    ? -Infinity
    : explaining || ask.deadline_ms === null
    ? Infinity
    : ask.deadline_ms / 1e3;
  const policy = explaining ? null : ask.policy;
  const takes = explaining ? null : untouchedTakes({ ask, almanac, physics });
  const point: Ecef = { x: 0, y: 0, z: 0 };
  const bare = (length: number) => 2 * length / LIGHT_KM_S + (length > 0 ? fixedFar : fixedHere);
  return {
    isMixed,
    at(length, group) {
      let score = bare(length);
      if (isMixed && group !== undefined) score += kinds[profiles.kindOfShell(group)].later;
      return score > limit ? Infinity : score;
    },
    longest(score, group) {
      let within = Math.min(score, limit);
      if (isMixed && group !== undefined) {
        const { later } = kinds[profiles.kindOfShell(group)];
        if (later === Infinity) return -Infinity;
        within -= later;
      }
      const length = (within - Math.min(fixedFar, fixedHere)) * LIGHT_KM_S / 2;
      return Math.max(0, length + LENGTH_ROUNDING_KM);
    },
    of(index, length, xyz, offset) {
      const kind = kinds[isMixed ? profiles.kindOfNode(constellation, index) : 0];
      let score = bare(length) + kind.later;
      if (score > limit || score === Infinity) return Infinity;
      if (boards !== null && !boards.has(index)) return Infinity;
      if (policy !== null) {
        point.x = xyz[offset];
        point.y = xyz[offset + 1];
        point.z = xyz[offset + 2];
        if (!policy.admits(index, point)) return Infinity;
      }
      if (!hints.isTouched(index)) {
        score += kind.load;
        if (takes !== null && score <= limit && !takes(index, xyz, offset)) return Infinity;
        return score > limit ? Infinity : score;
      }
      if (!explaining && hints.refusal(index, ask.at) !== null) return Infinity;
      const bytes = length > 0 ? far : here;
      const up = bytes.up + bytes.access.up;
      const arrives = ask.at + (length / LIGHT_KM_S + up) * 1e3;
      const { profile } = kind;
      const there = reception(hints.of(index), { ask, arrives, profile, physics });
      if (there.queue > horizon && !explaining) return Infinity;
      score += Math.max(there.queue, there.load) + there.npu - kind.npu;
      return score > limit ? Infinity : score;
    },
  };
}
