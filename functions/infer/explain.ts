/**
 * Says in a trace why an ask went to this node and not to another. Figures of the orbits and of the
 * hardware are modelled, and named so; what was measured is in the spans' times.
 * @module
 */
import { toModelled } from "../../contract/to-placement.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Attributes, Span } from "../../telemetry/span.ts";

/** Says in the span of a placement whom it found, and whom it would not ask, and why. */
export function explainRanking(span: Span, ranked: readonly Candidate[]): void {
  const first = ranked.find(({ refusal }) => refusal === null);
  const modelled = first && toModelled(first.timing);
  span.set({
    "perigee.candidates": ranked.length,
    "perigee.candidates.refused": refusedOf(ranked),
    "perigee.node": first?.node,
    "perigee.modelled.slant_range_km": first?.look?.slant_range,
    "perigee.modelled.light_time_ms": modelled?.light_time_ms,
    "perigee.modelled.total_ms": modelled?.total_ms,
  });
}

/**
 * Says in the span of a think who answered: its rank counts from 1, the fastest by the model. Who was
 * asked in vain is in the span's events.
 * @param planned whether the run has only begun: then what it takes is not known yet
 */
export function explainAnswer(
  span: Span,
  { receipt, placement }: Execution,
  ranked: readonly Candidate[],
  planned = false,
): void {
  const rank = ranked.findIndex(({ node }) => node === receipt.node);
  span.set({
    "perigee.execution_id": receipt.id,
    "perigee.node": receipt.node,
    "perigee.region": receipt.region,
    "perigee.rank": rank + 1,
    "perigee.attempts": placement.attempts,
    "perigee.candidates.refused": refusedOf(ranked.slice(0, rank)),
    "perigee.modelled.slant_range_km": placement.slant_range_km,
    "perigee.modelled.light_time_ms": placement.modelled_light_time_ms,
    "perigee.modelled.transfer_ms": placement.modelled_transfer_ms,
    "perigee.modelled.access_ms": placement.modelled_access_ms,
    "perigee.radio": placement.radio,
    "perigee.modelled.wait_ms": placement.modelled_wait_ms,
    ...(!planned && runOf(placement)),
  });
}

const runOf = (placement: Execution["placement"]): Attributes => ({
  "perigee.modelled.npu_ms": placement.modelled_npu_ms,
  "perigee.modelled.total_ms": placement.modelled_total_ms,
  "perigee.modelled.energy_mj": placement.modelled_energy_mj,
});

/** Who was not even asked, and why: `G2A-017-042=dark`. */
const refusedOf = (candidates: readonly Candidate[]): string[] =>
  candidates.flatMap(({ node, refusal }) => refusal === null ? [] : [`${node}=${refusal}`]);
