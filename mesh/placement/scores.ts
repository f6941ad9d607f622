/**
 * What a search ranks by: the modelled time to result, in seconds, by the length of the way; and who
 * is out of the question, and why.
 * @module
 */
import { REFUSALS } from "../node/admit.ts";
import { npuTime } from "../node/profile.ts";
import { DISCIPLINE } from "../node/queue.ts";
import type { Almanac } from "../orbit/almanac.ts";
import type { Ecef } from "../orbit/frames.ts";
import type { Ask } from "./ask.ts";
import type { Hints } from "./hints.ts";
import { LIGHT_KM_S } from "./links.ts";
import { type Physics, reception, transfersOf } from "./timing.ts";
import { untouchedTakes } from "./untouched-nodes.ts";

/** How fast one ask would be answered, in seconds; Infinity where it would not be. */
export interface Scores {
  /**
   * For a node of which nothing is known but how long the way to it is: a lower bound that grows with
   * the length.
   */
  at(length_km: number): number;
  /** No longer way scores this or better, km; Infinity for a score of Infinity. */
  longest(score: number): number;
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
  const { far, here } = transfersOf(ask, physics.rates);
  // No node is faster than one at full speed that holds the model: what any other takes comes on top.
  const npu = npuTime(ask.operations, 1, physics.profile);
  const unknown = reception(undefined, { ask, arrives: ask.at, physics });
  const horizon = DISCIPLINE[ask.class].horizon_s;
  const fixedFar = far.up + far.down + npu;
  const fixedHere = here.up + here.down + npu;
  const boards = !explaining && ask.needs_hardware ? hints.boards : null;
  const fits = explaining ||
    (ask.memory_bytes <= physics.profile.memory_bytes && boards?.size !== 0);
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
    at(length) {
      const score = bare(length);
      return score > limit ? Infinity : score;
    },
    longest(score) {
      const within = Math.min(score, limit);
      const length = (within - Math.min(fixedFar, fixedHere)) * LIGHT_KM_S / 2;
      return Math.max(0, length + LENGTH_ROUNDING_KM);
    },
    of(index, length, xyz, offset) {
      let score = bare(length);
      if (score > limit || (boards !== null && !boards.has(index))) return Infinity;
      if (policy !== null) {
        point.x = xyz[offset];
        point.y = xyz[offset + 1];
        point.z = xyz[offset + 2];
        if (!policy.admits(index, point)) return Infinity;
      }
      if (!hints.isTouched(index)) {
        score += unknown.load;
        if (takes !== null && score <= limit && !takes(index, xyz, offset)) return Infinity;
        return score > limit ? Infinity : score;
      }
      if (!explaining && hints.refusal(index, ask.at) !== null) return Infinity;
      const up = length > 0 ? far.up : here.up;
      const arrives = ask.at + (length / LIGHT_KM_S + up) * 1e3;
      const there = reception(hints.of(index), { ask, arrives, physics });
      if (there.queue > horizon && !explaining) return Infinity;
      score += Math.max(there.queue, there.load) + there.npu - npu;
      return score > limit ? Infinity : score;
    },
  };
}
