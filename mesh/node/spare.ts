/**
 * What every untouched node can surely spare: proved once for a profile and an orbit, so that nobody
 * need look at shadows where no idle node ever refuses.
 * @module
 */
import { WGS72_MU_KM3_S2 } from "../orbit/earth.ts";
import { SHADOW_RADIUS_KM } from "../orbit/eclipse.ts";
import type { Elements } from "../orbit/elements.ts";
import { type Joules, joules, type Seconds, seconds, watts } from "../units.ts";
import { absorbed, equilibrium } from "./heat.ts";
import { idleRates } from "./orbit-charge.ts";
import { LONGEST_SHADOW_MS, ORBIT_MS } from "./outlook.ts";
import type { HardwareProfile } from "./profile.ts";

/** km3/min2: WGS-72, as SGP4 uses it. */
const MU = WGS72_MU_KM3_S2 * 3_600;
// J2 takes an orbit off its mean ellipse by some 10 km, and its angular speed, seen from a Sun that
// moves and a plane that precesses, off Kepler's by less than 3 in 1,000.
const PERTURBATION = 0.003;

/**
 * No shadow of the orbit lasts longer; Infinity where that is not known.
 *
 * The Earth's shadow lies in a cylinder of its equatorial radius R. Whoever flies at r > R or higher is
 * in it only within asin(R / r) of the point opposite the Sun, and is slowest at apogee, where
 * Kepler's second law has it turn by h / r^2. Exact but for perturbations where orbits are circles;
 * far too long, and never too short, where they are not.
 */
export function longestShadow({ mean_motion, eccentricity, bstar }: Elements): Seconds {
  const a = Math.cbrt(MU / mean_motion ** 2);
  const perigee = a * (1 - eccentricity - PERTURBATION);
  const apogee = a * (1 + eccentricity + PERTURBATION);
  if (!(perigee > SHADOW_RADIUS_KM)) return seconds(Infinity);
  const momentum = mean_motion * a * a * Math.sqrt(1 - eccentricity ** 2) * (1 - PERTURBATION);
  const shadow_s = 60 * 2 * Math.asin(SHADOW_RADIUS_KM / perigee) * apogee ** 2 / momentum;
  // A node that the air brings down counts as dark from then on, for as long as an outlook looks ahead.
  const decay_s = bstar === 0 ? 0 : (ORBIT_MS + LONGEST_SHADOW_MS) / 1e3;
  return seconds(shadow_s + decay_s);
}

/**
 * What an untouched node will at least hold over its floor until the coming sunrise, whenever it is
 * asked: below 0 where that is not sure.
 *
 * It was full a day and a half ago. Where a light is long enough to make up for a shadow it is full at
 * every sunset since, and one shadow later has spent no more than that shadow's load. And work that
 * takes E beside idling leaves no less than E less, as more charge never leaves less.
 */
export function leastSpare(elements: Elements, profile: HardwareProfile): Joules {
  const { drain, gain, battery } = idleRates(profile);
  const shadow_s = longestShadow(elements);
  const period_s = 60 * 2 * Math.PI / elements.mean_motion;
  const lit_s = period_s * (1 - PERTURBATION) - shadow_s;
  if (!(gain > 0 && gain * lit_s >= drain * shadow_s)) return joules(-Infinity);
  return joules(battery - drain * shadow_s - profile.battery_floor);
}

/**
 * Between which the NPU of an untouched node stays, K: its body starts at the rest of the coldest
 * surroundings and goes towards rests that lie between that and the hottest, lit and charging.
 */
export function idleTemperatures(profile: HardwareProfile): { least: number; most: number } {
  const { housekeeping, npu_idle, charge_max, charge_efficiency, npu_resistance } = profile;
  const idle = housekeeping + npu_idle;
  const coldest = idle + absorbed(false, profile);
  const hottest = idle + absorbed(true, profile) + charge_max * (1 - charge_efficiency);
  const rise = npu_resistance * npu_idle;
  return {
    least: equilibrium(watts(coldest), profile) + rise,
    most: equilibrium(watts(hottest), profile) + rise,
  };
}
