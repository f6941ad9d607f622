/**
 * A day of asks for a comparison of battery wear: seeded, and the same for every objective.
 * @module
 */
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { ShellProfiles } from "../../mesh/node/shell-profiles.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { DEFAULT_RATES } from "../../mesh/placement/links.ts";
import type { Physics } from "../../mesh/placement/timing.ts";
import { type Degrees, degrees, type EpochMs, epochMs, km } from "../../mesh/units.ts";
import { mulberry32 } from "../mulberry32.ts";

/** Asks, and what serves them. */
export interface WearCase {
  constellation: Constellation;
  physics: Physics;
  from: EpochMs;
  until: EpochMs;
  /** In order of `at`, without an objective. */
  asks: readonly Ask[];
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
  const asks: Ask[] = [];
  while (asks.length < options.asks) {
    const lat = Math.asin((2 * random() - 1) * sin_max) * 180 / Math.PI;
    const lon = 360 * random() - 180;
    const at = Math.floor(from + random() * hours * HOUR_MS);
    const slack_ms = slacks_ms[Math.floor(random() * slacks_ms.length)];
    const hour = (at / HOUR_MS + lon / 15) % 24;
    const busy = 1 + SWING * Math.cos((hour - PEAK_HOUR) / 24 * 2 * Math.PI);
    if (random() * (1 + SWING) > busy) continue;
    asks.push({
      at: epochMs(at),
      origin: { lat: degrees(lat), lon: degrees(lon), alt: km(0) },
      operations: (run_s - profile.npu_dispatch) * profile.npu_tops * 1e12,
      model: MODEL.model,
      memory_bytes: MODEL.bytes,
      load_bytes: MODEL.bytes,
      bytes_up: 1_000,
      bytes_down: 1_000,
      deadline_ms: slack_ms === null ? null : run_s * 1e3 + slack_ms,
      class: "interactive",
      elevation_mask: mask,
      policy: null,
    });
  }
  asks.sort((a, b) => a.at - b.at);
  const physics = {
    profiles: new ShellProfiles(profile),
    rates: DEFAULT_RATES,
    launched: () => [MODEL],
  };
  return { constellation, physics, from, until: epochMs(from + hours * HOUR_MS), asks };
}
