/**
 * What a node is made of. Parameters, with the defaults of the design; what each stands for and
 * where its value comes from: docs/node.md.
 * No figure for a Starlink battery, array or radiator has been published: the defaults are ours.
 * @module
 */
import {
  type Joules,
  joules,
  type Kelvin,
  kelvin,
  type Seconds,
  seconds,
  type Watts,
  watts,
} from "../units.ts";

export interface HardwareProfile {
  /** Tera-operations (10^12) per second at full speed. */
  npu_tops: number;
  /** What the NPU draws while it runs at full speed, all of it, and while it does not. */
  npu_active: Watts;
  npu_idle: Watts;
  /** What one run takes beside its operations: starting kernels. A batch pays it once. */
  npu_dispatch: Seconds;
  /** Bytes for models. */
  memory_bytes: number;
  /** How fast a model's bytes reach a node that does not hold it. */
  load_bps: number;

  /** From the array in full sunlight. */
  solar: Watts;
  housekeeping: Watts;
  battery: Joules;
  /** The battery is never drawn below this by choice. */
  battery_floor: Joules;
  /** The most that charging may take from the array, and the share of it that is stored. */
  charge_max: Watts;
  charge_efficiency: number;

  /** Of the body, one lumped mass, J/K. */
  heat_capacity: number;
  radiator_m2: number;
  emissivity: number;
  solar_absorptance: number;
  /** Mean share of the radiator's area that the Sun sees, and that sees the Earth. */
  sun_view: number;
  earth_view: number;
  /** From the NPU to the body, K/W, and how fast it gets there: seconds to 63 %. */
  npu_resistance: number;
  npu_thermal_time: Seconds;
  /** The NPU slows from the first of these on, down to `npu_speed_min` at the second, where it stops. */
  temperature_throttle: Kelvin;
  temperature_stop: Kelvin;
  npu_speed_min: number;
}

const KWH = 3.6e6;
const CELSIUS = 273.15;

export const DEFAULT_PROFILE: HardwareProfile = {
  npu_tops: 200,
  npu_active: watts(20),
  npu_idle: watts(2),
  npu_dispatch: seconds(20e-6),
  memory_bytes: 8e9,
  load_bps: 40e6,

  solar: watts(2000),
  housekeeping: watts(150),
  battery: joules(5 * KWH),
  battery_floor: joules(0.2 * 5 * KWH),
  charge_max: watts(1000),
  charge_efficiency: 0.95,

  heat_capacity: 40_000,
  radiator_m2: 4,
  emissivity: 0.9,
  solar_absorptance: 0.2,
  sun_view: 0.25,
  earth_view: 0.3,
  npu_resistance: 5,
  npu_thermal_time: seconds(300),
  temperature_throttle: kelvin(75 + CELSIUS),
  temperature_stop: kelvin(85 + CELSIUS),
  npu_speed_min: 0.2,
};

/** Tera-operations per second per watt at full load. */
export const topsPerWatt = (profile: HardwareProfile): number =>
  profile.npu_tops / profile.npu_active;

/** How long the operations of one run take at a speed of 0..1. */
export const npuTime = (operations: number, speed: number, profile: HardwareProfile): Seconds =>
  seconds(operations / (profile.npu_tops * 1e12 * speed) + profile.npu_dispatch);

/** What the NPU draws at a speed: an operation costs the same energy at any. */
export const npuDraw = (speed: number, profile: HardwareProfile): Watts =>
  watts(profile.npu_idle + (profile.npu_active - profile.npu_idle) * speed);
