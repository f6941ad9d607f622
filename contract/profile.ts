/**
 * The hardware of nodes as JSON with units in the names: `PERIGEE_PROFILE` for all of them, and a
 * shell file's profiles (shell-file.ts) for those of some shells. What is not named stays as it was.
 * @module
 */
import { z } from "zod";
import { DEFAULT_PROFILE, type HardwareProfile } from "../mesh/node/profile.ts";
import { joules, kelvin, seconds, watts } from "../mesh/units.ts";

const share = z.number().min(0).max(1);
const above0 = (max: number) => z.number().positive().max(max);

/**
 * What a profile may name. Bounds keep every figure finite and every equation solvable; they promise no
 * sensible satellite.
 */
export const ProfileSetting = z.strictObject({
  npu_tops: above0(1e6),
  npu_active_w: above0(1e6),
  npu_idle_w: z.number().min(0).max(1e6),
  npu_dispatch_us: above0(1e6),
  memory_mb: above0(1e9),
  load_mbps: above0(1e9),
  solar_w: z.number().min(0).max(1e9),
  housekeeping_w: z.number().min(0).max(1e9),
  battery_wh: above0(1e9),
  battery_floor: share,
  charge_max_w: z.number().min(0).max(1e9),
  charge_efficiency: above0(1),
  heat_capacity_j_per_k: z.number().min(1).max(1e9),
  radiator_m2: z.number().min(1e-3).max(1e6),
  emissivity: z.number().min(0.01).max(1),
  solar_absorptance: share,
  sun_view: share,
  earth_view: share,
  npu_k_per_w: z.number().min(0).max(1e3),
  npu_thermal_time_s: z.number().min(1).max(1e6),
  temperature_throttle_c: z.number().min(-200).max(1_000),
  temperature_stop_c: z.number().min(-200).max(1_000),
  npu_speed_min: z.number().min(0.01).max(1),
}).partial();
export type ProfileSetting = z.infer<typeof ProfileSetting>;

const CELSIUS = 273.15;
const WATT_HOUR = 3_600;

/** The one that was read last: objects of an isolate read the same setting, each for itself. */
let last: { text: string; profile: HardwareProfile } | undefined;

/**
 * Reads the setting of a profile; what it leaves out is the default's.
 * @param text JSON as docs/node.md lists it; empty is the default profile
 * @throws RangeError that says which figure is wrong, and how
 */
export function parseProfile(text: string): HardwareProfile {
  if (text === "") return DEFAULT_PROFILE;
  if (last?.text === text) return last.profile;
  const parsed = ProfileSetting.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(`${path.length > 0 ? `"${path.join(".")}": ` : ""}${message}`);
  }
  const profile = profileOver(DEFAULT_PROFILE, parsed.data);
  const fault = faultOf(profile);
  if (fault) throw new RangeError(`"${fault.field}" ${fault.message}`);
  last = { text, profile };
  return profile;
}

/**
 * Lays what a setting names over a profile. A battery that is set alone keeps the floor's share of it.
 * @param d of all that it leaves out
 */
export function profileOver(d: HardwareProfile, set: ProfileSetting): HardwareProfile {
  const battery = joules(set.battery_wh === undefined ? d.battery : set.battery_wh * WATT_HOUR);
  const floor = set.battery_floor ?? d.battery_floor / d.battery;
  return {
    npu_tops: set.npu_tops ?? d.npu_tops,
    npu_active: watts(set.npu_active_w ?? d.npu_active),
    npu_idle: watts(set.npu_idle_w ?? d.npu_idle),
    npu_dispatch: seconds((set.npu_dispatch_us ?? d.npu_dispatch * 1e6) / 1e6),
    memory_bytes: (set.memory_mb ?? d.memory_bytes / 1e6) * 1e6,
    load_bps: (set.load_mbps ?? d.load_bps / 1e6) * 1e6,
    solar: watts(set.solar_w ?? d.solar),
    housekeeping: watts(set.housekeeping_w ?? d.housekeeping),
    battery,
    battery_floor: joules(floor * battery),
    charge_max: watts(set.charge_max_w ?? d.charge_max),
    charge_efficiency: set.charge_efficiency ?? d.charge_efficiency,
    heat_capacity: set.heat_capacity_j_per_k ?? d.heat_capacity,
    radiator_m2: set.radiator_m2 ?? d.radiator_m2,
    emissivity: set.emissivity ?? d.emissivity,
    solar_absorptance: set.solar_absorptance ?? d.solar_absorptance,
    sun_view: set.sun_view ?? d.sun_view,
    earth_view: set.earth_view ?? d.earth_view,
    npu_resistance: set.npu_k_per_w ?? d.npu_resistance,
    npu_thermal_time: seconds(set.npu_thermal_time_s ?? d.npu_thermal_time),
    temperature_throttle: celsius(set.temperature_throttle_c, d.temperature_throttle),
    temperature_stop: celsius(set.temperature_stop_c, d.temperature_stop),
    npu_speed_min: set.npu_speed_min ?? d.npu_speed_min,
  };
}

/**
 * What is wrong between the figures of a profile, each of which is right by itself.
 * @returns the setting's field and what it must be; null: nothing is wrong
 */
export function faultOf(
  { npu_idle, npu_active, temperature_throttle, temperature_stop }: HardwareProfile,
): { field: keyof ProfileSetting; message: string } | null {
  if (npu_idle > npu_active) {
    return { field: "npu_idle_w", message: `must not be above "npu_active_w" (${npu_active})` };
  }
  return temperature_throttle < temperature_stop
    ? null
    : { field: "temperature_throttle_c", message: `must be below "temperature_stop_c"` };
}

const celsius = (set: number | undefined, otherwise: HardwareProfile["temperature_stop"]) =>
  set === undefined ? otherwise : kelvin(set + CELSIUS);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(`must be a JSON object, such as {"npu_tops":100,"npu_active_w":25}`);
  }
}
