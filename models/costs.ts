/**
 * What each built-in model weighs and takes to run. Made by build.ts from the graphs: do not edit.
 * @module
 */

import type { CostTerm } from "./outline.ts";

export const COSTS: Readonly<Record<string, { file_bytes: number; operations: CostTerm[] }>> = {
  "scene-indices": {
    file_bytes: 5768,
    operations: [
      { count: 97, of: ["H", "W"] },
    ],
  },
  "telemetry-anomaly": {
    file_bytes: 3073,
    operations: [
      { count: 14, of: ["N", "T"] },
      { count: 2, of: [] },
      { count: 17, of: ["N"] },
      { count: 2, of: ["N", "T"], log2: "T" },
    ],
  },
  "drive-rss": {
    file_bytes: 3234,
    operations: [
      { count: 60, of: ["N"] },
    ],
  },
};
