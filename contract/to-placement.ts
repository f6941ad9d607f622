/**
 * From what placement computed to what the wire says.
 * @module
 */
import type { Candidate } from "../mesh/placement/candidate.ts";
import type { Timing } from "../mesh/placement/timing.ts";
import type { PlacementJson } from "./placement.ts";

/** Writes a candidate as the wire has it. */
export function toPlacement(candidate: Candidate): PlacementJson {
  return {
    node: candidate.node,
    region: candidate.region,
    elevation_deg: candidate.look?.elevation ?? null,
    azimuth_deg: candidate.look?.azimuth ?? null,
    slant_range_km: candidate.look?.slant_range ?? null,
    sub_point: {
      lat: candidate.sub_point.lat,
      lon: candidate.sub_point.lon,
      alt_km: candidate.sub_point.alt,
    },
    sunlit: candidate.sunlit,
    path: candidate.path,
    path_length_km: candidate.length,
    modelled: toModelled(candidate.timing),
  };
}

/** Writes a timing as the wire has it: milliseconds and millijoules for seconds and joules. */
export function toModelled(
  timing: Omit<Timing, "queue" | "up" | "access_up">,
): PlacementJson["modelled"] {
  return {
    light_time_ms: timing.light * 1e3,
    transfer_ms: timing.transfer * 1e3,
    wait_ms: timing.wait * 1e3,
    npu_ms: timing.npu * 1e3,
    access_ms: timing.access * 1e3,
    total_ms: timing.total * 1e3,
    energy_mj: timing.energy * 1e3,
  };
}
