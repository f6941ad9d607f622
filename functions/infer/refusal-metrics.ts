/**
 * Counts why nodes did not take asks, for GET /metrics.
 * @module
 */
import { type Reason, REASONS } from "../../mesh/placement/scores.ts";
import { Counter, register } from "../../telemetry/metrics.ts";

const refusals = register(
  new Counter({
    name: "perigee_refusals_total",
    help: "Nodes that did not take an ask: passed over by the ranking, or asked in vain.",
    labels: ["by", "reason"],
  }),
);

// All from the start, so that a rate can be taken of the first one.
const counts = Object.fromEntries(
  REASONS.map((reason) => [reason, {
    ranking: refusals.of("ranking", reason),
    node: refusals.of("node", reason),
  }]),
) as Record<Reason, { ranking: { value: number }; node: { value: number } }>;

/**
 * Counts a node that did not take an ask.
 * @param by whom it was refused: the ranking, which asked nobody, or the node
 */
export function countRefusal(by: "ranking" | "node", reason: Reason): void {
  counts[reason][by].value++;
}
