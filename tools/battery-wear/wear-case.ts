/**
 * A day of asks for a comparison of battery wear: seeded, and the same for every rule of placement.
 * @module
 */
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { ShellProfiles } from "../../mesh/node/shell-profiles.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { DEFAULT_RATES } from "../../mesh/placement/links.ts";
import { type Degrees, degrees, type EpochMs, epochMs, km } from "../../mesh/units.ts";
import type { StudyAsk } from "../../study/ask.ts";
import type { Run } from "../../study/run.ts";
import { mulberry32 } from "../../mesh/mulberry32.ts";

/** Asks, and what serves them, by whatever rule. */
export interface WearCase {
  run: Omit<Run, "placement">;
  /** In order of `at`. */
  asks: readonly StudyAsk[];
}

/** What a case is made of. */
export interface WearOptions {
  constellation: Constellation;
  profile: HardwareProfile;
  from: EpochMs;
  hours: number;
  /** How many asks. */
  asks: number;
  /** Each on an idle NPU. */
  run_s: number;
  /** Beside the run, each picked as often as the others; null: no deadline. */
  slacks_ms: readonly (number | null)[];
  mask: Degrees;
  /** Places lie as far from the equator as this, north or south. */
  latitude_max: number;
  seed: number;
}

/** Every node holds it from its launch. */
const MODEL = { model: "wear", bytes: 1e6 };
// Asks are the most frequent at three in the afternoon and the least at three at night, a quarter as many.
const PEAK_HOUR = 15;
const SWING = 0.6;
const HOUR_MS = 3_600_000;

/** Draws the asks: places even by area, instants by the local solar time of the place. */
export function wearCase(options: WearOptions): WearCase {
  const { constellation, profile, from, hours, run_s, slacks_ms, mask, latitude_max } = options;
  const random = mulberry32(options.seed);
  const sin_max = Math.sin(latitude_max * Math.PI / 180);
  const asks: StudyAsk[] = [];
  while (asks.length < options.asks) {
    const lat = Math.asin((2 * random() - 1) * sin_max) * 180 / Math.PI;
    const lon = 360 * random() - 180;
    const at = Math.floor(from + random() * hours * HOUR_MS);
    const kind = Math.floor(random() * slacks_ms.length);
    const hour = (at / HOUR_MS + lon / 15) % 24;
    const busy = 1 + SWING * Math.cos((hour - PEAK_HOUR) / 24 * 2 * Math.PI);
    if (random() * (1 + SWING) > busy) continue;
    const origin = { lat: degrees(lat), lon: degrees(lon), alt: km(0) };
    asks.push({ at: epochMs(at), origin, kind });
  }
  asks.sort((a, b) => a.at - b.at);
  const kinds = slacks_ms.map((slack_ms) => ({
    name: slack_ms === null ? "no deadline" : `${slack_ms} ms`,
    model: MODEL.model,
    operations: (run_s - profile.npu_dispatch) * profile.npu_tops * 1e12,
    memory_bytes: MODEL.bytes,
    load_bytes: MODEL.bytes,
    bytes_up: 1_000,
    bytes_down: 1_000,
    class: "interactive" as const,
    deadline_ms: slack_ms === null ? null : run_s * 1e3 + slack_ms,
  }));
  const run = {
    constellation,
    profiles: new ShellProfiles(profile),
    rates: DEFAULT_RATES,
    kinds,
    faults: [],
    from,
    until: epochMs(from + hours * HOUR_MS),
    elevation_mask: mask,
    launched: () => [MODEL],
  };
  return { run, asks };
}
