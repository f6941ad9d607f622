/**
 * The receipt and the placement of one run, from what was decided and what was used.
 * @module
 */
import { type Tensor, tensorBytes } from "../contract/tensor.ts";
import type { Execution } from "../ledger/execution.ts";
import { charge } from "../mesh/receipt.ts";
import type { EpochMs } from "../mesh/units.ts";
import type { Errand } from "./errand.ts";
import type { Turn } from "./npu.ts";

/** @param arrived when the node admitted the ask, on the mesh clock */
export function account(
  { id, passport: { node, region }, demand, bill, prices, placement }: Errand,
  turn: Turn,
  { arrived, outputs }: { arrived: EpochMs; outputs: Tensor[] },
): Execution {
  const bytes_down = outputs.reduce((sum, output) => sum + tensorBytes(output), 0);
  const { modelled_light_time_ms, modelled_transfer_ms } = placement;
  const wait_ms = turn.starts - arrived;
  const npu_ms = turn.run * 1e3;
  return {
    receipt: {
      id,
      ...bill,
      node,
      region,
      executed_at_ms: Math.floor(turn.starts),
      ...charge({
        operations: demand.operations,
        energy_j: turn.energy,
        npu_s: turn.npu,
        bytes_up: bill.bytes_up,
        bytes_down,
      }, prices),
      price_list: prices.id,
    },
    placement: {
      ...placement,
      region,
      modelled_wait_ms: wait_ms,
      modelled_npu_ms: npu_ms,
      modelled_total_ms: modelled_light_time_ms + modelled_transfer_ms + wait_ms + npu_ms,
      modelled_energy_mj: turn.energy * 1e3,
    },
  };
}
