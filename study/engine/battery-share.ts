/**
 * What of a run comes from the battery: in shadow all of it, in light what the array lacks for it.
 * @module
 */
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import type { Sunlight } from "../../mesh/orbit/sunlight.ts";
import { type EpochMs, epochMs, type Seconds, type Watts } from "../../mesh/units.ts";

/** A run on a node's NPU. */
export interface RunDraw {
  from: EpochMs;
  lasts: Seconds;
  draw: Watts;
}

/**
 * Looks at a run's light.
 * @returns `battery`: of the run's energy, 0 to 1; `sunlit`: whether it began in sunlight
 */
export function batteryShare(
  { from, lasts, draw }: RunDraw,
  { profile, sunlight }: { profile: HardwareProfile; sunlight: Sunlight },
): { battery: number; sunlit: boolean } {
  // A run of microseconds has no length that instants could tell.
  const until = epochMs(from + Math.max(1, lasts * 1e3));
  const lacking = Math.min(Math.max(0, profile.housekeeping + draw - profile.solar), draw) / draw;
  const stretches = sunlight(from, until);
  let battery = 0;
  for (const stretch of stretches) {
    battery += (stretch.sunlit ? lacking : 1) * (stretch.until - stretch.from);
  }
  return { battery: battery / (until - from), sunlit: stretches[0].sunlit };
}
