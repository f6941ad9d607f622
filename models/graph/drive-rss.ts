/**
 * Graph of `drive-rss`: longitudinal safety of two cars that drive in one lane and direction.
 *
 * Sources:
 * - Shalev-Shwartz, Shammah, Shashua 2017, On a Formal Model of Safe and Scalable Self-driving
 *   Cars, arXiv:1708.06374: the safe distance (Definition 1 and Lemma 2), the proper response.
 * - Braking constants: ad-rss-lib and Apollo's RSS decider, brakeMin 4 and brakeMax 8 m/s2.
 * @module
 */

import { DRIVE_RSS, RSS_COLUMNS } from "../drive-rss.ts";
import { expressions } from "./expressions.ts";
import { Graph } from "./graph.ts";

/** The least braking that the rear car promises when the gap is not safe: a_min,brake. */
const BRAKE_MIN_MPS2 = 4;
/** The most braking that it can do: about what dry asphalt gives. */
const BRAKE_MAX_MPS2 = 8;

// The answer to a row out of range. No gap is safe by it: in range, 17.9 km is the most.
const UNKNOWN_SAFE_DISTANCE_M = 1e6;

// Bumper to bumper counts as a millimetre: keeps the divisions by the gap defined.
const GAP_MIN_M = 0.001;

export function driveRss(): Graph {
  const graph = new Graph(DRIVE_RSS);
  const e = expressions(graph);

  const state = graph.input("state");
  const bound = (side: "min" | "max") =>
    graph.constant(RSS_COLUMNS.map((column) => column[side]), "FP32", [1, RSS_COLUMNS.length]);
  // NaN is out of every range.
  const inRange = e.all(
    e.and(e.greaterOrEqual(state, bound("min")), e.lessOrEqual(state, bound("max"))),
  );
  const [rear, front, gap, response, accel, frontBrake] = RSS_COLUMNS.map((_, column) =>
    e.pick(state, 1, column)
  );

  // The worst case: the rear car speeds up for its whole response time and then brakes as little
  // as it may, while the front car brakes as hard as it can.
  const gained = e.mul(accel, response);
  const peak = e.add(rear, gained);
  const responding = e.mul(e.add(rear, e.mul(gained, 0.5)), response);
  const rearStopping = e.div(e.mul(peak, peak), 2 * BRAKE_MIN_MPS2);
  const frontStopping = e.div(e.mul(front, front), e.mul(frontBrake, 2));
  const safe = e.max(e.sub(e.add(responding, rearStopping), frontStopping), 0);

  // Braking that starts now and just avoids contact with a front car that brakes as hard as it can.
  const room = e.max(gap, GAP_MIN_M);
  const closing = e.sub(rear, front);
  // Both stop, the rear car behind the front car.
  const toStop = e.div(e.mul(rear, rear), e.mul(e.add(room, frontStopping), 2));
  // The rear car brakes harder than the front car, and is as slow before either stops: the gap is
  // least then, not at the end.
  const toMatch = e.add(frontBrake, e.div(e.mul(closing, closing), e.mul(room, 2)));
  const matchesMoving = e.and(
    e.greater(toStop, frontBrake),
    e.lessOrEqual(e.mul(e.mul(room, 2), frontBrake), e.mul(front, closing)),
  );
  const needed = e.where(matchesMoving, toMatch, toStop);
  const properResponse = e.min(e.max(needed, BRAKE_MIN_MPS2), BRAKE_MAX_MPS2);
  const brake = e.where(e.less(gap, safe), properResponse, 0);

  e.where(inRange, safe, UNKNOWN_SAFE_DISTANCE_M, "safe_distance_m");
  e.where(inRange, brake, BRAKE_MAX_MPS2, "brake_mps2");
  return graph;
}
