/**
 * What an ask is placed for: the quickest answer, or the least wear of batteries.
 * @module
 */

/**
 * `latency`: the node that would answer first. `energy`: among those that answer within the deadline, one
 * whose run takes nothing from its battery, else the fullest (energy-scores.ts).
 */
export const OBJECTIVES = ["latency", "energy"] as const;
/** One of OBJECTIVES. */
export type Objective = typeof OBJECTIVES[number];
