/**
 * Outline of `telemetry-anomaly`: robust z-scores of sensor readings within their window.
 * The graph and the sources of its formulas: graph/telemetry-anomaly.ts and docs/models.md.
 * @module
 */

import type { Outline } from "./outline.ts";

const SAMPLES = ["N", "T"];

export const TELEMETRY_ANOMALY: Outline = {
  name: "telemetry-anomaly",
  version: "1",
  title: "Robust anomaly scores for telemetry",
  description: "Takes N windows of T readings of one sensor each (NaN: missing). " +
    "Gives the modified z-score of every reading within its window, from the median and the " +
    "median absolute deviation, and whether it lies beyond 3.5",
  inputs: [{ name: "windows", datatype: "FP32", dims: SAMPLES }],
  outputs: [
    { name: "score", datatype: "FP32", dims: SAMPLES },
    { name: "anomaly", datatype: "BOOL", dims: SAMPLES },
  ],
  batch: "N",
  tile: "N",
  limits: [{
    of: SAMPLES,
    min: 1,
    max: 256 * 1024,
    prevents: "the session's memory outgrowing 64 MB of an isolate",
  }],
};
