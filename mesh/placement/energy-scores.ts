/**
 * What a search ranks by under the objective `energy`: least wear of batteries first, then time to result.
 *
 * A node's score is its time to result, and so many hours on top as put it behind every node of less wear:
 * nothing where the run takes nothing from the battery; else the more, the less the battery holds. The
 * searches stay as they are, and exact: they ask for a bound that grows with the length of the way, and
 * what no wear adds to is one.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { isSunlit } from "../orbit/eclipse.ts";
import type { Ecef } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { Ask } from "./ask.ts";
import { BatteryLook } from "./battery-use.ts";
import type { Hints } from "./hints.ts";
import { LIGHT_KM_S } from "./links.ts";
import { type Scores, scoresOf } from "./scores.ts";
import { type Physics, transfersOf } from "./timing.ts";

/**
 * Batteries are told apart by steps of this share of a full one: 1.2 Wh of the default's 5 kWh, which is
 * half a minute of idling in shadow. Within a step the quicker node is taken.
 */
export const CHARGE_STEP = 1 / 4_096;

// Each step weighs more than any deadline may last (an hour), and still lets the score's last bit be worth
// a metre of way: 8,195 steps at the most are 2^25 s, of which a double has 7 ns.
const STEP_S = 4_096;
const STEPS = 1 / CHARGE_STEP;

interface Asked {
  ask: Ask;
  almanac: Almanac;
  hints: Hints;
  physics: Physics;
}

/**
 * Makes the scores of one ask under the objective `energy`, as scoresOf() does under `latency`.
 * @returns `at` and `longest` as there: no node scores below what the quickest would take
 */
export function energyScores({ ask, almanac, hints, physics }: Asked): Scores {
  const quickest = scoresOf({ ask, almanac, hints, physics, explaining: false });
  const { far, here } = transfersOf(ask, physics);
  const look = new BatteryLook({ at: ask.at, almanac, hints, physics });
  return {
    isMixed: quickest.isMixed,
    at: quickest.at,
    longest: quickest.longest,
    of(index, length, xyz, offset) {
      const total = quickest.of(index, length, xyz, offset);
      if (total === Infinity) return Infinity;
      const bytes = length > 0 ? far : here;
      const down = bytes.down + bytes.access.down;
      look.at(index, total - down - length / LIGHT_KM_S, xyz, offset);
      return total + wearOf(look);
    },
  };
}

/**
 * The same scores for a search that wants nobody but nodes whose run takes nothing from the battery. Over
 * links it meets thousands in shadow, and passes them over by their place alone.
 */
export function wearlessScores(asked: Asked): Scores {
  const scores = energyScores(asked);
  const sun = sunDirectionEcef(asked.ask.at);
  const node: Ecef = { x: 0, y: 0, z: 0 };
  return {
    ...scores,
    of(index, length, xyz, offset) {
      node.x = xyz[offset];
      node.y = xyz[offset + 1];
      node.z = xyz[offset + 2];
      if (!isSunlit(node, sun)) return Infinity;
      const score = scores.of(index, length, xyz, offset);
      return isWearless(score) ? score : Infinity;
    },
  };
}

/** Whether a node with this score takes nothing from its battery for the run. */
const isWearless = (score: number): boolean => score < STEP_S;

/** Seconds to be added to the time to result. */
function wearOf({ use, state_of_charge }: BatteryLook): number {
  if (use === "none") return 0;
  const lacking = Math.floor((1 - state_of_charge) * STEPS);
  return STEP_S * (use === "slows_charging" ? 1 + lacking : 2 + STEPS + lacking);
}
