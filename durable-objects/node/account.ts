/**
 * The receipt and the placement of one run, from what was decided and what was used.
 *
 * How the ground saw the node stays as it was decided, since it says why this node was chosen. What
 * lay below the node, and whether it was sunlit, is of the instant of the run: in the 30 s that an
 * ask may wait, a node flies 200 km. Computing it takes 1.5 us (mesh/orbit/ephemeris.ts).
 * @module
 */
import { type Tensor, tensorBytes } from "../../contract/tensor.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Ephemeris, EphemerisAt } from "../../mesh/orbit/ephemeris.ts";
import { charge, chargeTokens } from "../../mesh/billing/receipt.ts";
import type { TokenPrices, TokenUse } from "../../mesh/billing/tokens.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Job } from "./job.ts";
import type { NpuTurn } from "./npu.ts";

type RunTurn = Pick<NpuTurn, "starts" | "run" | "npu" | "energy">;

/**
 * Makes a run's receipt and placement.
 * @param turn when and how the NPU ran it
 * @param arrived when the node admitted the ask, on the mesh clock
 * @param outputs whose bytes are billed as bytes down
 * @param ephemerisAt of the node that the job names, by the job's elements
 */
export function account(
  job: Job,
  turn: RunTurn,
  { arrived, outputs, ephemerisAt }: {
    arrived: EpochMs;
    outputs: Tensor[];
    ephemerisAt: EphemerisAt;
  },
): Execution {
  const used = charge({
    operations: job.demand.operations,
    energy_j: turn.energy,
    npu_s: turn.npu,
    bytes_up: job.bill.bytes_up,
    bytes_down: outputs.reduce((sum, output) => sum + tensorBytes(output), 0),
  }, job.prices);
  return executionOf(job, turn, { arrived, used, ephemerisAt });
}

/**
 * Makes the receipt and the placement of an ask of a language model.
 * @param turn when the NPU was booked for it, and what of that it took
 * @param used its tokens and their prices, the operations that they stand for, and the bytes of the answer
 */
export function accountTokens(
  job: Job,
  turn: RunTurn,
  { arrived, used, ephemerisAt }: {
    arrived: EpochMs;
    used: { tokens: TokenUse; prices: TokenPrices; operations: number; bytes_down: number };
    ephemerisAt: EphemerisAt;
  },
): Execution {
  const { tokens, prices, operations, bytes_down } = used;
  const charged = chargeTokens(
    {
      operations,
      energy_j: turn.energy,
      npu_s: turn.npu,
      bytes_up: job.bill.bytes_up,
      bytes_down,
    },
    tokens,
    prices,
  );
  return executionOf(job, turn, { arrived, used: charged, ephemerisAt });
}

function executionOf(
  { id, address: { node, region }, bill, prices, placement }: Job,
  turn: RunTurn,
  { arrived, used, ephemerisAt }: {
    arrived: EpochMs;
    used: ReturnType<typeof charge>;
    ephemerisAt: EphemerisAt;
  },
): Execution {
  const { modelled_light_time_ms, modelled_transfer_ms, modelled_access_ms = 0 } = placement;
  const wait_ms = turn.starts - arrived;
  const npu_ms = turn.run * 1e3;
  const ran = ephemerisAt(turn.starts);
  return {
    receipt: {
      id,
      ...bill,
      node,
      region,
      executed_at_ms: Math.floor(turn.starts),
      ...used,
      price_list: prices.id,
    },
    placement: {
      ...placement,
      // A node that decayed while the ask waited has no ephemeris: the decided values stay.
      ...(ran && columnsOf(ran)),
      region,
      modelled_wait_ms: wait_ms,
      modelled_npu_ms: npu_ms,
      modelled_total_ms: modelled_light_time_ms + modelled_transfer_ms + wait_ms + npu_ms +
        modelled_access_ms,
      modelled_energy_mj: turn.energy * 1e3,
    },
  };
}

const columnsOf = ({ sub_point: { lat, lon, alt }, sunlit }: Ephemeris) => ({
  sub_lat: lat,
  sub_lon: lon,
  sub_alt_km: alt,
  sunlit,
});
