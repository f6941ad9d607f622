/**
 * Outline of `drive-rss`: the safe distance behind a car and the braking that keeps it.
 * The graph and the sources of its formulas: graph/drive-rss.ts and docs/models.md.
 * @module
 */

import type { Outline } from "./outline.ts";

/** Columns of the input `state`, and the range in which each makes sense. */
export const RSS_COLUMNS = [
  { name: "rear_speed_mps", min: 0, max: 150 },
  { name: "front_speed_mps", min: 0, max: 150 },
  { name: "gap_m", min: 0, max: 100_000 },
  { name: "response_time_s", min: 0, max: 10 },
  { name: "rear_accel_max_mps2", min: 0, max: 20 },
  // Not below the rear car's own least braking of 4 m/s2: see docs/models.md#drive-rss.
  { name: "front_brake_max_mps2", min: 4, max: 20 },
] as const;

export const DRIVE_RSS: Outline = {
  name: "drive-rss",
  version: "1",
  title: "Safe following distance and brake command (RSS)",
  description: "Takes N pairs of cars in one lane as [" +
    RSS_COLUMNS.map((column) => column.name).join(", ") +
    "]. Gives the safe longitudinal distance of Responsibility-Sensitive Safety and the braking " +
    "that its proper response asks of the rear car; a row out of range gets full braking",
  inputs: [{ name: "state", datatype: "FP32", dims: ["N", RSS_COLUMNS.length] }],
  outputs: [
    { name: "safe_distance_m", datatype: "FP32", dims: ["N"] },
    { name: "brake_mps2", datatype: "FP32", dims: ["N"] },
  ],
  batch: "N",
  tile: "N",
  limits: [{
    of: ["N"],
    min: 1,
    max: 256 * 1024,
    prevents: "the session's memory outgrowing 64 MB of an isolate",
  }],
};
