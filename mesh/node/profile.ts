/**
 * What a node is made of. Parameters, with the defaults of the design.
 * No figure for a Starlink battery, array or radiator has been published: the defaults are ours.
 * @module
 */
import { type Joules, joules, type Kelvin, kelvin, type Watts, watts } from "../units.ts";

export interface HardwareProfile {
  /** Tera-operations (10^12) per second at full speed. */
  npu_tops: number;
  npu_active: Watts;
  npu_idle: Watts;
  /** Bytes for models. */
  memory_bytes: number;
  solar: Watts;
  housekeeping: Watts;
  battery: Joules;
  /** The battery is never drawn below this by choice. */
  battery_floor: Joules;
  /** Where the node rests with the NPU idle, and what full load adds to it for good. */
  temperature_rest: Kelvin;
  temperature_rise: Kelvin;
  /** How fast it gets there, seconds to 63 %. */
  thermal_time_s: number;
  temperature_stop: Kelvin;
  /** Longest modelled wait in the NPU's queue that a node accepts, seconds. */
  queue_max_s: number;
}

const KWH = 3.6e6;
const CELSIUS = 273.15;

export const DEFAULT_PROFILE: HardwareProfile = {
  npu_tops: 200,
  npu_active: watts(20),
  npu_idle: watts(2),
  memory_bytes: 8e9,
  solar: watts(2000),
  housekeeping: watts(150),
  battery: joules(5 * KWH),
  battery_floor: joules(0.2 * 5 * KWH),
  temperature_rest: kelvin(20 + CELSIUS),
  temperature_rise: kelvin(40),
  thermal_time_s: 1_200,
  temperature_stop: kelvin(85 + CELSIUS),
  // One city's burst must spill to the next node while that is still faster than waiting.
  queue_max_s: 2,
};

/** Tera-operations per second per watt at full load. */
export const topsPerWatt = (profile: HardwareProfile): number =>
  profile.npu_tops / profile.npu_active;
