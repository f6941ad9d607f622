/**
 * What batteries gave in a day because models ran: by the exact account of each node, what its battery
 * gave with the work that it did, less what it would have given idle.
 *
 * What a battery gives is the sum of all by which it falls. What a run takes from an array that would
 * have charged a battery is therefore counted only if the battery then gives more later: that is charge
 * which is not there, and not charge that was used.
 * @module
 */
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { type NodeState, untouched, walk, type Work } from "../../mesh/node/state.ts";
import type { LightStretch } from "../../mesh/orbit/sunlight.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs, type Joules, joules } from "../../mesh/units.ts";
import type { WearCase } from "./wear-case.ts";
import type { WearDay } from "./wear-day.ts";

// Runs of the last minute end after it.
const AFTER_MS = 3_600_000;

/** What batteries gave, J, and how deep they came down. */
export interface Drawn {
  /** Because models ran. */
  for_runs: Joules;
  /** Of `for_runs` and of what the same nodes would have given idle. */
  in_all: Joules;
  /** The greatest depth of discharge of any node that worked, 0 to 1 of its battery. */
  deepest: number;
}

/** Adds up what the batteries of all nodes that worked gave. */
export function batteryDrawn({ run }: WearCase, day: WearDay): Drawn {
  const { constellation, profiles, from, until } = run;
  const end = epochMs(until + AFTER_MS);
  let [for_runs, in_all, deepest] = [0, 0, 0];
  for (const [index, work] of day.work) {
    const profile = profiles.of(constellation, index);
    const sunlight = sunlightOf(constellation.elements(index));
    const state = untouched(from, profile, sunlight, []);
    const stretches = sunlight(from, end);
    const idle = fallOf(state, [], stretches, profile);
    const busy = fallOf(state, work, stretches, profile);
    for_runs += busy.fall - idle.fall;
    in_all += busy.fall;
    deepest = Math.max(deepest, 1 - busy.lowest / profile.battery);
  }
  return { for_runs: joules(for_runs), in_all: joules(in_all), deepest };
}

function fallOf(
  start: NodeState,
  work: readonly Work[],
  stretches: LightStretch[],
  profile: HardwareProfile,
): { fall: number; lowest: number } {
  let [fall, before, lowest] = [0, start.battery as number, start.battery as number];
  walk({ ...start, work }, stretches, profile, {
    // Within a piece the battery rises or falls and does not turn.
    onPiece: ({ battery }) => {
      fall += Math.max(0, before - battery);
      before = battery;
      lowest = Math.min(lowest, battery);
    },
  });
  return { fall, lowest };
}
