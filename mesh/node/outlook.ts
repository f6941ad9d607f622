/**
 * What lies before a node's battery: how low it comes until the Sun has risen again, and when it is
 * worth asking a dark node again. Looks along the coming orbit, with the work that is booked.
 * @module
 */
import type { LightStretch, Sunlight } from "../orbit/sunlight.ts";
import { type EpochMs, epochMs, type Joules, joules, seconds, watts } from "../units.ts";
import { chargeBattery } from "./energy.ts";
import { type HardwareProfile, npuDraw } from "./profile.ts";
import { busyUntil, type NodeState } from "./state.ts";

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

/** The battery on a way along stretches of light. */
interface Along {
  lowest: number;
  last: number;
}

/**
 * Walks the battery as walk() in state.ts does, to the last bit, and leaves out the heat: nothing of the
 * battery follows from it, and it is most of that walk's work.
 */
function along(
  { at: start, battery: first, work }: Pick<NodeState, "at" | "battery" | "work">,
  stretches: readonly LightStretch[],
  profile: HardwareProfile,
): Along {
  const idle = npuDraw(0, profile);
  let at: number = start;
  let battery = first;
  // Within a piece the battery rises or falls and does not turn: its least stands at an end.
  let lowest: number = first;
  let w = 0;
  for (const { until, sunlit } of stretches) {
    while (at < until) {
      const next = w < work.length ? work[w] : undefined;
      const running = next !== undefined && next.from <= at;
      const edge = next === undefined ? until : Math.min(until, running ? next.until : next.from);
      const load = watts(profile.housekeeping + (running ? next.draw : idle));
      battery = chargeBattery(
        battery,
        { lasts: seconds((edge - at) / 1e3), sunlit, load },
        profile,
      ).battery;
      at = edge;
      if (running && edge === next.until) w++;
      if (battery < lowest) lowest = battery;
    }
  }
  return { lowest, last: battery };
}

/**
 * What the battery of a node that nobody has touched holds, to the last bit as untouched() in state.ts has
 * it, where the last revolution alone tells: a light that fills it from empty leaves it full, whatever was
 * before.
 * @param gain W into the battery in light, idling (IdleRates)
 * @returns null where no light of the last revolution is surely long enough
 */
export function untouchedCharge(
  at: EpochMs,
  profile: HardwareProfile,
  sunlight: Sunlight,
  gain: number,
): Joules | null {
  const fills_ms = FILLS_SURELY * profile.battery / gain * 1e3;
  if (!(fills_ms >= 0 && fills_ms < ORBIT_MS)) return null;
  const stretches = sunlight(epochMs(at - ORBIT_MS), at);
  const filled = stretches.findLastIndex(({ from, until, sunlit }) =>
    sunlit && until - from > fills_ms
  );
  if (filled < 0) return null;
  const state = { at: stretches[filled].until, battery: profile.battery, work: [] };
  return joules(along(state, stretches.slice(filled + 1), profile).last);
}

// By this much a light must be longer than it takes: beyond the rounding of rates.
const FILLS_SURELY = 1.001;

/** The least that the battery will hold on the way, the booked work done. */
export const lowestCharge = (
  state: NodeState,
  coming: readonly LightStretch[],
  profile: HardwareProfile,
): Joules => joules(along(state, coming, profile).lowest);

/**
 * When a node that comes under its floor on the way is worth asking again, its booked work done.
 * If the next shadow takes it under, nothing but the Sun after it helps; else it is under its floor
 * now, and stands above it once it has charged what is short.
 */
export function lightAgain(
  state: NodeState,
  coming: readonly LightStretch[],
  profile: HardwareProfile,
): EpochMs {
  const { last } = along(state, coming, profile);
  const shadow = coming.at(-1);
  // Whoever looks along the coming orbit looks beyond all that is booked (comingOrbit()).
  const from = shadow?.sunlit === false && last < profile.battery_floor
    ? { at: shadow.until, battery: last, busy: shadow.until }
    : { at: state.at, battery: state.battery, busy: busyUntil(state) };
  const idle = watts(profile.housekeeping + npuDraw(0, profile));
  const one = { lasts: seconds(1), sunlit: true, load: idle };
  const gained_w = chargeBattery(joules(0), one, profile).battery;
  if (gained_w <= 0) return epochMs(from.at + ORBIT_MS);
  const short = Math.max(0, profile.battery_floor - from.battery);
  return epochMs(Math.max(from.busy, from.at + short / gained_w * 1e3));
}
