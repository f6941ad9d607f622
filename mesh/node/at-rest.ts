/**
 * Whether a node stands as if nobody had ever touched it: then its state need not be kept, as anybody
 * can compute it.
 * @module
 */
import type { Sunlight } from "../orbit/sunlight.ts";
import type { EpochMs } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";
import { holds, type Resident } from "./residency.ts";
import { advance, type NodeState, npuTemperature, untouched } from "./state.ts";

// A battery that has been full is full: only sums of doubles may differ. Heat goes more slowly, and a
// tenth of a kelvin decides nothing.
const CHARGE_TOLERANCE = 1e-9;
const TEMPERATURE_TOLERANCE_K = 0.1;

/**
 * Compares a node's state, brought to now, with that of a node that nobody has touched.
 * @param launched the models that an untouched node holds (models/launched.ts)
 * @returns true where nothing but rounding and a tenth of a kelvin tells them apart; false, too, for a
 *   state that is later than now
 */
export function isAtRest(
  state: NodeState,
  now: EpochMs,
  { profile, sunlight }: { profile: HardwareProfile; sunlight: Sunlight },
  launched: readonly Resident[],
): boolean {
  // The clock has jumped back: what the state holds is of a time that is still to come.
  if (state.at > now) return false;
  const here = advance(state, now, profile, sunlight);
  const fresh = untouched(now, profile, sunlight, launched);
  return here.work.length === 0 &&
    Math.abs(here.battery - fresh.battery) <= CHARGE_TOLERANCE * profile.battery &&
    Math.abs(npuTemperature(here) - npuTemperature(fresh)) <= TEMPERATURE_TOLERANCE_K &&
    Math.abs(here.temperature - fresh.temperature) <= TEMPERATURE_TOLERANCE_K &&
    here.resident.length === launched.length &&
    launched.every(({ model }) => holds(here.resident, model));
}
