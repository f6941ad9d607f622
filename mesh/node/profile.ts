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

/** The hardware of one node; all nodes of a deployment have the same. */
export interface HardwareProfile {
  /** Tera-operations (10^12) per second at full speed. */
  npu_tops: number;
  /** What the NPU draws while it runs at full speed, its idle draw included. */
  npu_active: Watts;
  /** What the NPU draws while nothing runs. */
  npu_idle: Watts;
  /** What one run takes beside its operations: starting kernels. A batch pays it once. */
  npu_dispatch: Seconds;
  /** Bytes for models. */
  memory_bytes: number;
  /** How fast a model reaches a node that does not hold it, bits per second. */
  load_bps: number;

  /** From the array in full sunlight. */
  solar: Watts;
  /** What everything but the NPU draws, always. */
  housekeeping: Watts;
  /** Full. */
  battery: Joules;
  /** The battery is never drawn below this by choice. */
  battery_floor: Joules;
  /** The most that charging may take from the array. */
  charge_max: Watts;
  /** The share of what charging takes that is stored, 0..1; the rest is heat. */
  charge_efficiency: number;

  /** Of the body as one lumped mass, J/K. */
  heat_capacity: number;
  radiator_m2: number;
  /** Of the radiator in the infrared, 0..1. */
  emissivity: number;
  /** The share of sunlight on the radiator that it takes in, 0..1. */
  solar_absorptance: number;
  /** Mean share of the radiator's area that the Sun sees, 0..1. */
  sun_view: number;
  /** Mean share of the radiator's area that sees the Earth, 0..1. */
  earth_view: number;
  /** Thermal resistance from the NPU to the body, K/W. */
  npu_resistance: number;
  /** Until the NPU's rise over the body is 63 % of the way to its rest. */
  npu_thermal_time: Seconds;
  /** From here on the NPU slows as it warms. */
  temperature_throttle: Kelvin;
  /** Here it is down to `npu_speed_min`, and the node takes nothing new. */
  temperature_stop: Kelvin;
  /** Share of full speed, 0..1. */
  npu_speed_min: number;
}

const KWH = 3.6e6;
const CELSIUS = 273.15;

/** The profile of a deployment that sets none; reasons for each figure: docs/node.md. */
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

/**
 * An NPU's efficiency at full speed.
 * @returns tera-operations (10^12) per joule: per second and watt
 */
export const topsPerWatt = (profile: HardwareProfile): number =>
  profile.npu_tops / profile.npu_active;

/**
 * How long one run takes on the NPU, its dispatch included.
 * @param operations arithmetic operations of the run
 * @param speed share of full speed, above 0 up to 1 (heat.ts)
 */
export const npuTime = (operations: number, speed: number, profile: HardwareProfile): Seconds =>
  seconds(operations / (profile.npu_tops * 1e12 * speed) + profile.npu_dispatch);

/**
 * What the NPU draws at a speed: an operation costs the same energy at any.
 * @param speed share of full speed, 0..1; 0 is idle
 */
export const npuDraw = (speed: number, profile: HardwareProfile): Watts =>
  watts(profile.npu_idle + (profile.npu_active - profile.npu_idle) * speed);
