/**
 * Seeded nodes for tests of the node model: hardware of every kind, orbits, states and work.
 * @module
 */
import { DEFAULT_PROFILE, type HardwareProfile, npuDraw } from "../../../../mesh/node/profile.ts";
import type { NodeState, Work } from "../../../../mesh/node/state.ts";
import { type LightStretch, type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import type { Random } from "../../../support/random.ts";
import { FILED } from "../placement/oracle.ts";

export const EPOCH = Date.UTC(2026, 0, 1);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Batteries that run full, empty and anything between; arrays that feed a node, or do not. */
export function anyProfile(random: Random): HardwareProfile {
  const battery = random.pick([1e4, 1e5, 1e6, 1.8e7]);
  const npu_idle = random.pick([0, 2, 20]);
  return {
    ...DEFAULT_PROFILE,
    battery: joules(battery),
    battery_floor: joules(battery * random.pick([0, 0.2, 0.5])),
    solar: watts(random.pick([0, 150, 152, 400, 2_000])),
    housekeeping: watts(random.pick([0, 150, 900])),
    charge_max: watts(random.pick([0, 50, 1_000, 1e6])),
    charge_efficiency: random.pick([1, 0.95, 0.5]),
    npu_idle: watts(npu_idle),
    npu_active: watts(npu_idle + random.pick([0, 18, 300])),
    heat_capacity: random.pick([1_000, 40_000, 400_000]),
    radiator_m2: random.pick([0.5, 4, 30]),
    npu_resistance: random.pick([0, 1, 5]),
    npu_thermal_time: seconds(random.pick([1, 300, 3_000])),
  };
}

/** Light and shadow in turn, for ever: an orbit without its mathematics. */
export function periodicSunlight(
  { period_ms, shadow_ms, phase_ms }: { period_ms: number; shadow_ms: number; phase_ms: number },
): Sunlight {
  return (from, until) => {
    const stretches: LightStretch[] = [];
    let t: number = from;
    while (t < until) {
      const turn = Math.floor((t - phase_ms) / period_ms) * period_ms + phase_ms;
      const sunlit = t - turn < period_ms - shadow_ms;
      const edge = sunlit ? turn + period_ms - shadow_ms : turn + period_ms;
      const next = Math.min(until, edge);
      const last = stretches.at(-1);
      if (last?.sunlit === sunlit) last.until = epochMs(next);
      else stretches.push({ from: epochMs(t), until: epochMs(next), sunlit });
      t = next;
    }
    return stretches;
  };
}

export const ALWAYS_LIT = periodicSunlight({ period_ms: HOUR_MS, shadow_ms: 0, phase_ms: 0 });
export const NEVER_LIT = periodicSunlight({ period_ms: HOUR_MS, shadow_ms: HOUR_MS, phase_ms: 0 });

/** Orbits of ten minutes to two hours; always lit, never lit, and grazing the shadow for ms. */
export function anySunlight(random: Random): Sunlight {
  if (random.chance(0.02)) return sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
  const period_ms = random.integer(random.pick([10, 90, 90]), 120) * MINUTE_MS;
  const share = random.pick([0, 0.37, random.next(), 1]);
  const shadow_ms = random.pick([Math.floor(share * period_ms), 1]);
  return periodicSunlight({ period_ms, shadow_ms, phase_ms: random.integer(0, period_ms) });
}

/** As anything between empty and full, frozen and hot can have left it. */
export function anyState(
  random: Random,
  at: number,
  profile: HardwareProfile,
  work: readonly Work[] = [],
): NodeState {
  return {
    at: epochMs(at),
    battery: joules(profile.battery * random.pick([0, 1, random.next()])),
    temperature: kelvin(random.between(150, 400)),
    npu_rise: kelvin(random.pick([0, random.between(0, 120)])),
    work,
    resident: [],
  };
}

/** Runs in order, some back to back, at speeds of every kind, the first at or after `at`. */
export function anyWork(
  random: Random,
  { at, lasts_ms }: { at: number; lasts_ms: number },
  profile: HardwareProfile,
): Work[] {
  let free = at;
  return Array.from({ length: random.pick([0, 0, 1, 5, 20]) }, () => {
    const from = free + random.pick([0, random.between(0, lasts_ms / 10)]);
    free = from + random.pick([0.02, 50, random.between(0, lasts_ms / 10)]);
    const draw = npuDraw(random.pick([1, 0.2, random.next()]), profile);
    return { from: epochMs(from), until: epochMs(free), draw };
  });
}

/** From a millisecond to weeks. */
export const anySpan = (random: Random): number =>
  random.pick([
    1,
    random.between(1e-3, 1_000),
    random.between(1, MINUTE_MS),
    random.integer(1, 3 * HOUR_MS),
    random.integer(1, DAY_MS),
    random.chance(0.2) ? random.integer(1, 30 * DAY_MS) : random.integer(1, DAY_MS),
  ]);
