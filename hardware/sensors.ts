/**
 * What a board can measure of itself: its temperature from the kernel's thermal zones, and energy from
 * the processor's own counters (RAPL), or else from watts that the operator declares. It says which.
 * @module
 */
import type { Measured } from "../contract/board.ts";

const THERMAL = "/sys/class/thermal";
const POWERCAP = "/sys/class/powercap";
const KELVIN_AT_0_C = 273.15;

/** Where energy figures come from; null: from nowhere. */
export type EnergySource = Measured["energy_source"];

/** A board's sensors. */
export interface Sensors {
  energy_source: EnergySource;
  /** What the operator declared; null if nothing, or if it is measured. */
  declared_w: number | null;
  /** The hottest thermal zone, kelvin; null where there is none. */
  temperature(): number | null;
  /** Begins a measurement. @returns a function that ends it and gives joules; null: nobody can tell */
  energy(): (wall_ms: number) => number | null;
}

/**
 * Finds the sensors of this machine.
 * @param declared_w what the board draws while it runs a model, where nothing measures it; null: unknown
 * @param root before /sys, for tests
 */
export function findSensors(declared_w: number | null, root = ""): Sensors {
  const zones = namesIn(root + THERMAL, /^thermal_zone\d+$/).map((zone) =>
    `${root}${THERMAL}/${zone}/temp`
  );
  const packages = namesIn(root + POWERCAP, /^intel-rapl:\d+$/)
    .map((name) => `${root}${POWERCAP}/${name}`)
    .filter((folder) => numberIn(`${folder}/energy_uj`) !== null);
  const measures = packages.length > 0;
  return {
    energy_source: measures ? "rapl" : declared_w === null ? null : "declared",
    declared_w: measures ? null : declared_w,
    temperature() {
      const temperatures = zones.flatMap((zone) => numberIn(zone) ?? []);
      return temperatures.length === 0
        ? null
        : Math.max(0, Math.max(...temperatures) / 1e3 + KELVIN_AT_0_C);
    },
    energy() {
      if (!measures) return (wall_ms) => declared_w === null ? null : declared_w * wall_ms / 1e3;
      const before = packages.map((folder) => numberIn(`${folder}/energy_uj`));
      return () => {
        let microjoules = 0;
        for (const [i, folder] of packages.entries()) {
          const [from, to] = [before[i], numberIn(`${folder}/energy_uj`)];
          if (from === null || to === null) return null;
          // The counter begins again at its range.
          const range = to < from ? numberIn(`${folder}/max_energy_range_uj`) ?? 0 : 0;
          microjoules += Math.max(0, to - from + range);
        }
        return microjoules / 1e6;
      };
    },
  };
}

function namesIn(folder: string, form: RegExp): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => form.test(name));
  } catch {
    return [];
  }
}

/** @returns null for a file that is not there, may not be read (RAPL is root's), or holds no number */
function numberIn(path: string): number | null {
  try {
    const number = Number(Deno.readTextFileSync(path).trim() || NaN);
    return Number.isFinite(number) ? number : null;
  } catch {
    return null;
  }
}
