/**
 * Heat: the body as one lumped mass that radiates, and the NPU above it. Exact over one stretch in
 * which the heat that comes in does not change.
 *
 * Body: C dT/dt = Q - k T^4 with k = emissivity * sigma * area (Stefan-Boltzmann; space at 0 K, which
 * is 10 uW off). With Te = (Q/k)^(1/4) its integral is known:
 *   4 k Te^3 t / C = F(T) - F(T0),  F(T) = ln|(Te + T) / (Te - T)| + 2 atan(T / Te),
 * solved for T by Newton's method. NPU: its rise over the body follows resistance * power with one
 * time constant, as data sheets give it (JESD51-14, a Foster network of one element); the heat that
 * the NPU itself holds on the way is left out.
 * Sources of the environment's figures, and what is left out: docs/node.md.
 * @module
 */
import { type Kelvin, kelvin, type Seconds, type Watts, watts } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";

/** CODATA 2018. */
const STEFAN_BOLTZMANN = 5.670374419e-8;
/** Total solar irradiance, W/m2 (Kopp and Lean 2011). */
const SOLAR_IRRADIANCE = 1_361;
/** Earth's outgoing long-wave radiation, global mean, W/m2 (NASA CERES EBAF). */
const EARTH_INFRARED = 240;

/**
 * The heat that the body takes in from the Earth and the Sun, beside the power of its own loads.
 * @param sunlit whether the node is in sunlight
 */
export function absorbed(sunlit: boolean, profile: HardwareProfile): Watts {
  const { radiator_m2, emissivity, solar_absorptance, sun_view, earth_view } = profile;
  const earth = emissivity * EARTH_INFRARED * radiator_m2 * earth_view;
  const sun = solar_absorptance * SOLAR_IRRADIANCE * radiator_m2 * sun_view;
  return watts(earth + (sunlit ? sun : 0));
}

/** The body's temperature after `lasts` of constant heat. */
export function bodyAfter(
  start: Kelvin,
  { heat, lasts }: { heat: Watts; lasts: Seconds },
  profile: HardwareProfile,
): Kelvin {
  const k = STEFAN_BOLTZMANN * profile.emissivity * profile.radiator_m2;
  const rest = equilibrium(heat, profile);
  const away = start - rest;
  if (lasts <= 0 || away === 0) return start;
  const sign = Math.sign(away);
  const time = 4 * k * rest ** 3 * lasts / profile.heat_capacity;
  // In u = ln|T - Te| the equation is smooth and its slope is near -1, all the way to the rest.
  const f = (u: number): number => {
    const off = sign * Math.exp(u);
    return Math.log(2 * rest + off) - u + 2 * Math.atan((rest + off) / rest);
  };
  const target = f(Math.log(Math.abs(away))) + time;
  let u = Math.log(Math.abs(away)) - time;
  for (let step = 0; step < NEWTON_STEPS_MAX; step++) {
    const off = sign * Math.exp(u);
    const sum = 2 * rest + off;
    const slope = off / sum - 1 + 2 * off * rest / (rest * rest + (rest + off) ** 2);
    const change = (f(u) - target) / slope;
    // Never past the start: the body goes towards its rest and not away from it.
    u = Math.min(u - change, Math.log(Math.abs(away)));
    if (Math.abs(change) < 1e-14 * Math.max(1, Math.abs(u))) break;
  }
  return kelvin(rest + sign * Math.exp(u));
}

// Three or four do; the bound stops two values that differ in their last bit from taking turns.
const NEWTON_STEPS_MAX = 12;

/** Where the body comes to rest under constant heat. */
export function equilibrium(heat: Watts, profile: HardwareProfile): Kelvin {
  const k = STEFAN_BOLTZMANN * profile.emissivity * profile.radiator_m2;
  // A body that nothing warms never comes to rest: a milliwatt keeps the equation from zero.
  return kelvin((Math.max(heat, 1e-3) / k) ** 0.25);
}

/** The NPU's rise over the body after `lasts` at a constant power. */
export function riseAfter(
  rise: Kelvin,
  { power, lasts }: { power: Watts; lasts: Seconds },
  profile: HardwareProfile,
): Kelvin {
  const rest = profile.npu_resistance * power;
  return kelvin(rest + (rise - rest) * Math.exp(-lasts / profile.npu_thermal_time));
}

/**
 * How fast the NPU runs at its temperature: it slows, linearly, from throttling to its stop.
 * @returns share of full speed, `npu_speed_min` to 1
 */
export function npuSpeed(temperature: Kelvin, profile: HardwareProfile): number {
  const { temperature_throttle, temperature_stop, npu_speed_min } = profile;
  const over = (temperature - temperature_throttle) / (temperature_stop - temperature_throttle);
  return 1 - (1 - npu_speed_min) * Math.min(1, Math.max(0, over));
}
