/**
 * How long bytes took over links, what the wait can have been, and the sum of all.
 * @module
 */
import { transferTime } from "../../mesh/placement/links.ts";
import { close, equal, type Equation, type Verdict } from "../equation.ts";
import type { Execution, FieldPath } from "../execution.ts";
import type { Known } from "../known.ts";
import { kindOf } from "../model-kind.ts";
import type { PlacedAt } from "./look.ts";
import type { BeganAt } from "./position.ts";

const MODELLED = "placement/modelled";

/** Makes the equations. */
export function timingEquations(
  { rates }: Known,
  { beganAt, placedAt }: { beganAt: BeganAt; placedAt: PlacedAt },
): Equation[] {
  const transfer: Equation = {
    proves: `${MODELLED}/transfer_ms`,
    reads: () => ["receipt/bytes_up", "receipt/bytes_down", `${MODELLED}/transfer_ms`],
    check(execution): Verdict {
      if (!rates) return { is: "open" };
      const { receipt, placement: { origin, path, modelled: { transfer_ms } } } = execution;
      const { bytes_up, bytes_down } = receipt;
      const fromNode = origin !== null && "node" in origin;
      if (fromNode && path.length === 1) return equal(transfer_ms, 0);
      const { isl_bps } = rates;
      const [up_bps, down_bps] = fromNode
        ? [isl_bps, isl_bps]
        : [Math.min(rates.up_bps, isl_bps), Math.min(rates.down_bps, isl_bps)];
      const ms = (down: number) =>
        (transferTime(bytes_up, up_bps) + transferTime(down, down_bps)) * 1e3;
      const expected = ms(bytes_down);
      if (transfer_ms === expected) return { is: "exact" };
      if (kindOf(receipt) === "built_in") return { is: "wrong", expected };
      // The way down is planned before the run: for the most tokens, or the largest shapes.
      const planned = Math.round((transfer_ms - ms(0)) / 1e3 * down_bps / 8);
      const whole = planned >= 0 && close(transfer_ms, ms(planned), 1e-9 * transfer_ms);
      return whole && whole.is !== "wrong" ? { is: "bounded" } : { is: "wrong", expected };
    },
  };
  const total: Equation = {
    proves: `${MODELLED}/total_ms`,
    reads: () => TERMS,
    check({ placement: { modelled } }) {
      const { light_time_ms, transfer_ms, wait_ms, npu_ms, total_ms } = modelled;
      return equal(total_ms, light_time_ms + transfer_ms + wait_ms + npu_ms);
    },
  };
  const wait: Equation = {
    proves: `${MODELLED}/wait_ms`,
    reads: () => ["receipt/executed_at", "placement/placed_at", `${MODELLED}/wait_ms`],
    check(execution) {
      const { wait_ms } = execution.placement.modelled;
      const began = beganAt(execution);
      const placed = placedAt(execution) ?? Date.parse(execution.placement.placed_at);
      if (began === null) return { is: "open" };
      const impossible = wait_ms < 0 || began - wait_ms < placed;
      return impossible ? tooLong(execution) : { is: "bounded" };
    },
  };
  return [transfer, wait, total];
}

const TERMS: readonly FieldPath[] = [
  "light_time_ms",
  "transfer_ms",
  "wait_ms",
  "npu_ms",
  "total_ms",
]
  .map((name): FieldPath => `${MODELLED}/${name}`);

const tooLong = ({ placement: { modelled, placed_at }, receipt }: Execution): Verdict => ({
  is: "wrong",
  expected: null,
  says: `an ask of ${placed_at} that waited ${modelled.wait_ms} ms did not begin at ` +
    receipt.executed_at,
});
