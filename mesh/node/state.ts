/**
 * A node's state and how it moves: battery and temperature between two instants, in closed form.
 *
 * Battery: piecewise linear between the changes of sunlight, held at full. Temperature: exponential
 * towards rest (what each execution adds is put in when it is booked). No ticking; the work is in
 * finding the edges of sunlight, about 0.1 ms for each orbit passed.
 * Not its job: whether to take an ask (admit.ts).
 * @module
 */
import type { Stretch, Sunlight } from "../orbit/sunlight.ts";
import { type EpochMs, epochMs, type Joules, joules, type Kelvin, kelvin } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";

export interface NodeState {
  /** The instant, on the mesh clock, that all of this holds for. */
  at: EpochMs;
  battery: Joules;
  temperature: Kelvin;
  /** When the NPU will have done all that it took on. */
  busy_until: EpochMs;
}

/** What went in and out of the battery on the way; `spilled` is sunlight that a full battery could not take. */
export interface Flows {
  solar: Joules;
  spilled: Joules;
  drawn: Joules;
  /** Draw that an empty battery could not give. */
  missing: Joules;
}

// The longest period that a node may have here; two of them hold a whole stretch of sunlight.
const ORBIT_MS = 2 * 3_600_000;
const SETTLED_MS = 2 * ORBIT_MS;

/** The state of a node that nobody has touched: full at the end of its last sunlight. */
export function untouched(at: EpochMs, profile: HardwareProfile, sunlight: Sunlight): NodeState {
  const full: NodeState = {
    at: epochMs(at - SETTLED_MS),
    battery: profile.battery,
    temperature: profile.temperature_rest,
    busy_until: epochMs(0),
  };
  return advance(full, at, profile, sunlight).state;
}

/**
 * Brings a state to a later instant. An earlier one changes nothing: a clock that jumps back must
 * not create energy, so the state waits until time has caught up.
 */
export function advance(
  state: NodeState,
  to: EpochMs,
  profile: HardwareProfile,
  sunlight: Sunlight,
): { state: NodeState; flows: Flows } {
  const flows: Flows = {
    solar: joules(0),
    spilled: joules(0),
    drawn: joules(0),
    missing: joules(0),
  };
  if (to <= state.at) return { state, flows };
  let battery: number = state.battery;
  for (const stretch of sunlight(state.at, to)) {
    battery = charge(battery, stretch, profile, flows);
  }
  const decay = Math.exp(-(to - state.at) / 1e3 / profile.thermal_time_s);
  const temperature = profile.temperature_rest +
    (state.temperature - profile.temperature_rest) * decay;
  return {
    state: { ...state, at: to, battery: joules(battery), temperature: kelvin(temperature) },
    flows,
  };
}

function charge(
  battery: number,
  { from, until, sunlit }: Stretch,
  profile: HardwareProfile,
  flows: Flows,
): number {
  const seconds = (until - from) / 1e3;
  const solar = sunlit ? profile.solar * seconds : 0;
  const drawn = (profile.housekeeping + profile.npu_idle) * seconds;
  const unbounded = battery + solar - drawn;
  const spilled = Math.max(0, unbounded - profile.battery);
  const missing = Math.max(0, -unbounded);
  flows.solar = joules(flows.solar + solar);
  flows.drawn = joules(flows.drawn + drawn);
  flows.spilled = joules(flows.spilled + spilled);
  flows.missing = joules(flows.missing + missing);
  return unbounded - spilled + missing;
}
