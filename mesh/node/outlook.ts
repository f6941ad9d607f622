/**
 * What lies before a node's battery: how low it comes until the Sun has risen again, and when it is
 * worth asking a dark node again. Looks along the coming orbit, with the work that is booked.
 * @module
 */
import type { LightStretch, Sunlight } from "../orbit/sunlight.ts";
import { type EpochMs, epochMs, type Joules, joules, seconds, watts } from "../units.ts";
import { chargeBattery } from "./energy.ts";
import { type HardwareProfile, npuDraw } from "./profile.ts";
import { busyUntil, type NodeState, walk } from "./state.ts";

// The period of an orbit 1,680 km up: whoever flies lower sees the next sunrise within it.
export const ORBIT_MS = 2 * 3_600_000;
// In a geostationary orbit; from anything lower the Earth hides the Sun for less.
export const LONGEST_SHADOW_MS = 72 * 60_000;

/**
 * From now to the sunrise after the next shadow, or for an orbit that has none.
 * @param busy_until when all that is booked is done: the shadow after it is looked at too
 */
export function comingOrbit(
  now: EpochMs,
  sunlight: Sunlight,
  busy_until: EpochMs = now,
): LightStretch[] {
  const until = epochMs(busy_until + ORBIT_MS);
  const coming = sunlight(now, until);
  const sunrise = coming.findIndex((stretch) => !stretch.sunlit && stretch.until >= busy_until);
  if (sunrise < 0) return coming;
  if (sunrise === coming.length - 1) {
    // The stretches end in the middle of a shadow, so the rest of that shadow is looked up.
    const [rest] = sunlight(until, epochMs(until + LONGEST_SHADOW_MS));
    if (!rest.sunlit) coming.push(rest);
    return coming;
  }
  return coming.slice(0, sunrise + 1);
}

/** The least that the battery will hold on the way, the booked work done. */
export function lowestCharge(
  state: NodeState,
  coming: LightStretch[],
  profile: HardwareProfile,
): Joules {
  // Within a piece the battery rises or falls and does not turn: its least stands at an end.
  let lowest: number = state.battery;
  walk(state, coming, profile, {
    onPiece: ({ battery }) => lowest = Math.min(lowest, battery),
  });
  return joules(lowest);
}

/**
 * When a node that comes under its floor on the way is worth asking again, its booked work done.
 * If the next shadow takes it under, nothing but the Sun after it helps; else it is under its floor
 * now, and stands above it once it has charged what is short.
 */
export function lightAgain(
  state: NodeState,
  coming: LightStretch[],
  profile: HardwareProfile,
): EpochMs {
  const sunrise = walk(state, coming, profile);
  const isShadow = coming.at(-1)?.sunlit === false;
  const from = isShadow && sunrise.battery < profile.battery_floor ? sunrise : state;
  const idle = watts(profile.housekeeping + npuDraw(0, profile));
  const one = { lasts: seconds(1), sunlit: true, load: idle };
  const gained_w = chargeBattery(joules(0), one, profile).battery;
  if (gained_w <= 0) return epochMs(from.at + ORBIT_MS);
  const short = Math.max(0, profile.battery_floor - from.battery);
  return epochMs(Math.max(busyUntil(from), from.at + short / gained_w * 1e3));
}
