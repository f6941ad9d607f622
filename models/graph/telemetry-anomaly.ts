/**
 * Graph of `telemetry-anomaly`: the modified z-score, 0.6745 (x - median) / MAD.
 *
 * Sources:
 * - The score and its bound of 3.5: Iglewicz, Hoaglin 1993, How to Detect and Handle Outliers,
 *   ASQC Basic References in Quality Control 16.
 * - MAD = 0: (x - median) / (1.253314 MeanAD), IBM Cognos Analytics, "Modified z score"; 1.253314
 *   is sqrt(pi / 2), which makes the mean absolute deviation estimate a standard deviation, as
 *   0.6745, the upper quartile of the normal distribution, does for the MAD.
 * @module
 */

import { TELEMETRY_ANOMALY } from "../telemetry-anomaly.ts";
import { expressions } from "./expressions.ts";
import { Graph } from "./graph.ts";
import type { GraphTensor } from "./operators.ts";

const MAD_TO_SIGMA = 0.6745;
const MEAN_AD_TO_SIGMA = 1.253314;
const SCORE_MAX = 3.5;

// Beyond it a reading counts as missing: netCDF fills with 9.97e36, and distances between what
// remains cannot overflow FP32.
const READING_MAX = 1e30;

// The largest score given. A MAD of one part in 1e30 of the distance would overflow to infinity,
// which JSON cannot carry.
const SCORE_LIMIT = 1e9;

// Sorts behind all readings, so that medians never see it.
const BEHIND_ALL = 3e38;

export function telemetryAnomaly(): Graph {
  const graph = new Graph(TELEMETRY_ANOMALY);
  const e = expressions(graph);

  const x = graph.input("windows");
  // NaN is not <= anything. It must not reach TopK, whose order it would break.
  const known = e.lessOrEqual(e.abs(x), READING_MAX);
  const count = e.sum(e.cast(known, "INT32"));
  // Half a window and one is all that a median needs; missing readings only lower its rank.
  const length = graph.op("Gather", [e.shape(x), graph.constant([1], "INT64", [1])], {
    attributes: { axis: 0 },
  });
  const k = e.add(e.div(length, 2), 1);
  // The ranks of the two middle readings, equal when their number is odd. Integer division goes
  // towards zero, so that a window without readings has rank 0, too.
  const lower = e.div(e.sub(count, 1), 2);
  const upper = e.div(count, 2);

  const distance = e.where(known, e.sub(x, median(x)), 0);
  const spread = e.abs(distance);
  const mad = median(spread);
  const meanAd = e.div(e.sum(spread), e.max(e.cast(count, "FP32"), 1));

  const sigma = e.where(
    e.greater(mad, 0),
    e.div(mad, MAD_TO_SIGMA),
    e.mul(meanAd, MEAN_AD_TO_SIGMA),
  );
  // Sigma is 0 only where all distances are: their score is 0, whatever they are divided by.
  const divisor = e.where(e.greater(sigma, 0), sigma, 1);
  const score = e.clip(e.div(distance, divisor), -SCORE_LIMIT, SCORE_LIMIT, "score");
  e.greater(e.abs(score), SCORE_MAX, "anomaly");
  return graph;

  /** Median of the known readings of each row; the mean of the middle two if they are even. */
  function median(rows: GraphTensor): GraphTensor {
    const sorted = graph.op("TopK", [e.where(known, rows, BEHIND_ALL), k], {
      attributes: { axis: 1, largest: 0, sorted: 1 },
    });
    const [low, high] = [lower, upper].map((rank) =>
      graph.op("GatherElements", [sorted, rank], { attributes: { axis: 1 } })
    );
    // Halved before they are added, so that the sum cannot overflow.
    return e.add(e.mul(low, 0.5), e.mul(high, 0.5));
  }
}
