/**
 * Seeded hardware that differs from shell to shell, for tests of placement: as the mesh has it, and as
 * the naive ranking does.
 * @module
 */
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import type { Constellation } from "../../../../mesh/orbit/constellation.ts";
import type { Physics } from "../../../../mesh/placement/timing.ts";
import { watts } from "../../../../mesh/units.ts";
import type { Random } from "../../../support/random.ts";
import { PHYSICS } from "../node/any-ask.ts";
import type { NaiveNode } from "./naive-ranking.ts";

/** From a tenth of the default's speed to ten times it; some too small for a model. */
export function anyHardware(
  random: Random,
  constellation: Constellation,
): { physics: Physics; made: (index: number) => NaiveNode } {
  const kinds = [0, 1, 2].map((): NaiveNode => ({
    tops: random.pick([20, 100, 200, 2_000]),
    idle_w: random.pick([1, 2]),
    active_w: random.pick([10, 40]),
    memory_bytes: random.pick([8e9, 8e9, 5e5]),
    load_bps: random.pick([40e6, 4e6]),
  }));
  const ofShell = constellation.groups.map(() => random.pick([0, 1, 2]));
  const profiles = kinds.map(({ tops, idle_w, active_w, memory_bytes, load_bps }) => ({
    ...DEFAULT_PROFILE,
    npu_tops: tops,
    npu_idle: watts(idle_w),
    npu_active: watts(active_w),
    memory_bytes,
    load_bps,
  }));
  const by_shell = ofShell.map((kind) => profiles[kind]);
  return {
    physics: { ...PHYSICS, profiles: new ShellProfiles(DEFAULT_PROFILE, by_shell) },
    made: (index) => kinds[ofShell[constellation.group(index)]],
  };
}
