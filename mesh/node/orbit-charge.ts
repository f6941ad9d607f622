/**
 * The charge of an untouched node, and how low it comes, from where it stands in its orbit
 * (orbit-light.ts). For looks at many nodes; a node's own account is state.ts, and differs from the
 * charge by what tests/unit/mesh/fleet/fleet_test.ts bounds.
 * @module
 */
import { type Joules, joules, seconds, TURN, watts } from "../units.ts";
import { chargeBattery } from "./energy.ts";
import { nightOf, type OrbitLight } from "./orbit-light.ts";
import { type HardwareProfile, npuDraw } from "./profile.ts";
import { MEMORY_MS } from "./state.ts";

const MEMORY_S = MEMORY_MS / 1e3;

/** What idling does to a node's battery: the load is housekeeping and an idle NPU. */
export interface IdleRates {
  /** W out of the battery in shadow. */
  drain: number;
  /** W into the battery in light, by charging's limit and losses; below 0: it drains there too. */
  gain: number;
  /** J that the battery holds when full. */
  battery: number;
}

/**
 * Takes the rates from a profile, the gain from the battery's own model (energy.ts), so that the
 * two cannot differ.
 */
export function idleRates(profile: HardwareProfile): IdleRates {
  const load = watts(profile.housekeeping + npuDraw(0, profile));
  // A millisecond from half full: far from both bounds.
  const half = joules(profile.battery / 2);
  const after = chargeBattery(half, { lasts: seconds(1e-3), sunlit: true, load }, profile).battery;
  return { drain: load, gain: (after - half) * 1e3, battery: profile.battery };
}

/**
 * The charge of an untouched node, in closed form: what it had at sunset, less what the
 * shadow has drained, and more by what the light since sunrise has given.
 *
 * It is full at sunset if one light makes up for one shadow. If not, it lacks the difference for
 * each whole revolution since it was taken to be full, MEMORY_MS ago, but has what one light
 * gives. Where there is no shadow it is full if light charges it at all, else empty.
 * @returns joules, 0 to what the battery holds
 */
export function orbitCharge(light: OrbitLight, { drain, gain, battery }: IdleRates): number {
  const { motion, phase } = light;
  const { entry, exit } = nightOf(light);
  if (entry === exit) return gain > 0 ? battery : 0;
  const shadow = (exit - entry) / motion;
  const lit = TURN / motion - shadow;
  // At sunset: full; or, where a light does not make up for a shadow, what the revolutions since it
  // was full have left, and no less than one light gives.
  const short_by = Math.max(0, drain * shadow - gain * lit);
  const left = battery - short_by * Math.floor(MEMORY_S * motion / TURN);
  const sunset = Math.min(battery, Math.max(0, gain * lit, left));
  if (phase > entry && phase < exit) return Math.max(0, sunset - drain * (phase - entry) / motion);
  const sunrise = Math.max(0, sunset - drain * shadow);
  const since = ((phase - exit + TURN) % TURN) / motion;
  return Math.min(battery, Math.max(0, sunrise + gain * since));
}

/**
 * The charge of a node that idles since it was known to hold so much: it drains in shadow, and charges in
 * light.
 * @param before joules that it held then
 * @param since how long ago that was, and where its circle stands now; what lasts longer than the memory
 *   of a battery (MEMORY_MS) is told by orbitCharge(), and what is still to come changes nothing
 * @returns joules, 0 to what the battery holds
 */
export function chargeSince(
  before: number,
  { lasts_s, light, rates }: { lasts_s: number; light: OrbitLight; rates: IdleRates },
): number {
  if (lasts_s > MEMORY_S) return orbitCharge(light, rates);
  const { motion } = light;
  const { drain, gain, battery } = rates;
  const { entry, exit } = nightOf(light);
  let phase = normal(light.phase - motion * lasts_s);
  let charge = Math.min(battery, before);
  for (let left = lasts_s; left > 0;) {
    const isDark = phase >= entry && phase < exit;
    const turn = isDark ? exit - phase : (entry - phase + TURN) % TURN;
    const lasts = entry === exit ? left : Math.min(left, turn / motion);
    charge = Math.min(battery, Math.max(0, charge + (isDark ? -drain : gain) * lasts));
    left -= lasts;
    phase = isDark ? exit : entry;
  }
  return charge;
}

/** The same angle, -pi..pi. */
const normal = (angle: number): number => angle - TURN * Math.round(angle / TURN);

/** Encloses the least charge that an untouched node will hold until the coming sunrise. */
export interface LowestBounds {
  /** 0 where some light of the last day and a half may not have made up for its shadow. */
  at_least: Joules;
  /** As if it were full at sunset, and the shadow as short as it can be. */
  at_most: Joules;
}

// More eccentric orbits are too far from circles: no bounds are given for them.
const ECCENTRICITY_MAX = 0.02;
// All that the coming shadow, and the last one, differ by from that of the circle of now, as kilometres
// of the Earth's radius. The Sun's angle over an orbit changes by 5.2 degrees a day at the most (4.2 by
// the node's precession, at 45 degrees and 340 km; 1 by the Sun's way), 0.43 in the two hours that are
// looked ahead, and a radian of it is worth r^2 / 2R, 28 km for that much. Velocities are good to
// some m/s, which is a radius to 7 km.
const EARTH_MARGIN_KM = 40;
// The orbit may stand at its least radius now and at its largest at midnight: 2 r e, and a tenth.
const RADIUS_MARGIN = 2.2;
// How much a day and a half ago the Sun's angle may have differed, as kilometres: 7.8 degrees.
const PAST_MARGIN_KM = 520;
// By this share times may differ from those of the circle, as the orbit precesses. 4 e comes on top, as
// the node is slower at apogee and faster at perigee (Kepler's second law).
const TIME_MARGIN = 0.01;

/**
 * Bounds the least charge of an untouched node until the coming sunrise, in closed form. The exact
 * figure (state.ts, outlook.ts) lies between the two: tests/unit/mesh/node/spare_test.ts.
 * @returns null for an orbit of an eccentricity above ECCENTRICITY_MAX, of which nothing is known
 * but the bounds of any battery
 */
export function lowestBounds(
  light: OrbitLight,
  { drain, gain, battery }: IdleRates,
): LowestBounds | null {
  const { eccentricity, radius_km, motion } = light;
  if (eccentricity > ECCENTRICITY_MAX) return null;
  const margin_km = EARTH_MARGIN_KM + RADIUS_MARGIN * radius_km * eccentricity;
  const slack = TIME_MARGIN + 4 * eccentricity;
  const period = TURN / motion;
  const long = nightOf(light, margin_km);
  const short = nightOf(light, -margin_km);
  const shadow_max = (long.exit - long.entry) / motion * (1 + slack);
  const shadow_min = (short.exit - short.entry) / motion * (1 - slack);
  // Where each light since it was full has made up for its shadow, it is full at every sunset. Where one
  // may not have, what each revolution has cost would have to be summed: no closed form.
  const past = nightOf(light, margin_km + PAST_MARGIN_KM);
  const past_max = (past.exit - past.entry) / motion * (1 + slack);
  const refills = gain * (period * (1 - slack) - past_max) >= drain * past_max && gain > 0;
  return {
    at_least: joules(refills ? Math.max(0, battery - drain * shadow_max) : 0),
    at_most: joules(Math.max(0, battery - drain * shadow_min)),
  };
}
