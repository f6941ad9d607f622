/**
 * The battery over one stretch in which sunlight and load do not change: piecewise linear, exact.
 *
 * The load is served from the array first. What is left charges the battery, up to the charge limit,
 * and `charge_efficiency` of it is stored; what the battery cannot take the array does not collect.
 * In shadow the battery serves the load; an empty one cannot, and that is counted as missing.
 * @module
 */
import { type Joules, joules, type Seconds, seconds, type Watts, watts } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";

/**
 * What went in and out on the way. The battery changes by
 * `solar - spilled - drawn - lost + missing`, always.
 */
export interface Flows {
  /** What the array could have given. */
  solar: Joules;
  /** Of it, what nobody could take. */
  spilled: Joules;
  /** What the loads asked for. */
  drawn: Joules;
  /** Of it, what an empty battery could not give. */
  missing: Joules;
  /** What charging turned into heat. */
  lost: Joules;
  /** What charging put into the battery: the battery changes by `stored - given`, always. */
  stored: Joules;
  /** What the battery gave to the loads. */
  given: Joules;
}

/** Flows of nothing yet, to be added to. */
export const noFlows = (): Flows => ({
  solar: joules(0),
  spilled: joules(0),
  drawn: joules(0),
  missing: joules(0),
  lost: joules(0),
  stored: joules(0),
  given: joules(0),
});

/** A battery after one stretch. */
export interface Charged {
  battery: Joules;
  /** For how long of the stretch the battery took charge. */
  charging: Seconds;
  /** The heat that charging gave off while it lasted. */
  charge_heat: Watts;
}

/**
 * Charges or drains a battery over one stretch of constant sunlight and load: linear, with its bounds
 * met exactly.
 * @param flows added to, if given
 */
export function chargeBattery(
  before: Joules,
  { lasts, sunlit, load }: { lasts: Seconds; sunlit: boolean; load: Watts },
  profile: HardwareProfile,
  flows?: Flows,
): Charged {
  // A state may be older than its profile, and stem from a larger battery.
  const battery = Math.min(before, profile.battery);
  const surplus = (sunlit ? profile.solar : 0) - load;
  const taken_w = Math.min(Math.max(0, surplus), profile.charge_max);
  const stored_w = taken_w * profile.charge_efficiency;
  const charging = stored_w > 0 ? Math.min(lasts, (profile.battery - battery) / stored_w) : 0;
  const draining = surplus < 0 ? Math.min(lasts, battery / -surplus) : 0;
  if (flows) {
    const { solar, spilled, drawn, missing, lost, stored, given } = flows;
    flows.solar = joules(solar + (sunlit ? profile.solar * lasts : 0));
    flows.drawn = joules(drawn + load * lasts);
    flows.spilled = joules(spilled + Math.max(0, surplus) * lasts - taken_w * charging);
    flows.missing = joules(missing + Math.max(0, -surplus) * (lasts - draining));
    flows.lost = joules(lost + (taken_w - stored_w) * charging);
    flows.stored = joules(stored + stored_w * charging);
    flows.given = joules(given + Math.max(0, -surplus) * draining);
  }
  // Held at the bounds exactly, so that a full battery is full whatever way it got there.
  const next = charging > 0 && charging < lasts
    ? profile.battery
    : surplus < 0 && draining < lasts
    ? 0
    : battery + stored_w * charging + Math.min(0, surplus) * draining;
  return {
    battery: joules(Math.min(profile.battery, Math.max(0, next))),
    charging: seconds(charging),
    charge_heat: watts(taken_w - stored_w),
  };
}
