/**
 * Writes executions to the ledger. An execution may come several times, and is recorded once.
 * A field of a newer release's execution that the ledger has no column for is dropped here, not
 * before.
 * @module
 */

import type { InStatement } from "@libsql/client/web";
import type { BatchWriter } from "./batch-writer.ts";
import type { Execution } from "./execution.ts";
import { insertRows } from "./insert-rows.ts";
import type { Placement } from "../mesh/billing/placement.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";

/**
 * The most executions of one transaction. 500 bind 24,000 values in 0.9 MB: SQLite takes 32,766 a
 * statement, and while one batch commits, for some 10 ms, no other writer can. With 100 a third
 * fewer arrive a second (benches/drain.ts).
 */
export const EXECUTIONS_MAX = 500;

// Marks the receipts of leases that this transaction has inserted, until waive() decides.
const UNDECIDED = -1;

/**
 * Records all executions in one transaction, or none. An id that is known already changes nothing,
 * so a lost answer is mended by sending the same again. A receipt whose lease is closed charges
 * nothing.
 * @param recordedAtMs real clock, ms since 1970
 * @returns how many receipts were new
 * @throws RangeError for more than EXECUTIONS_MAX, or for a receipt and a placement of different
 * ids
 */
export async function recordExecutions(
  ledger: { $client: BatchWriter },
  executions: readonly Execution[],
  recordedAtMs: number,
): Promise<number> {
  if (executions.length === 0) return 0;
  if (executions.length > EXECUTIONS_MAX) {
    throw new RangeError(
      `Cannot record ${executions.length} executions: at most ${EXECUTIONS_MAX}`,
    );
  }
  const stray = executions.find(({ receipt, placement }) => receipt.id !== placement.id);
  if (stray !== undefined) {
    throw new RangeError(`Receipt ${stray.receipt.id} came with placement ${stray.placement.id}`);
  }
  const leased = executions.flatMap(({ receipt }) => receipt.lease_id === null ? [] : [receipt.id]);
  const [recorded] = await ledger.$client.batch([
    insertRows(
      receipts,
      executions.map(({ receipt }) => ({
        ...receipt,
        prompt_tokens: receipt.prompt_tokens ?? null,
        completion_tokens: receipt.completion_tokens ?? null,
        per_mega_prompt_token: receipt.per_mega_prompt_token ?? null,
        per_mega_completion_token: receipt.per_mega_completion_token ?? null,
        waived_microcredits: receipt.lease_id === null ? 0 : UNDECIDED,
        invoice_id: null,
        recorded_at_ms: recordedAtMs,
      })),
    ),
    insertRows(
      placements,
      executions.map(({ placement }) => placementRow(placement, recordedAtMs)),
    ),
    ...(leased.length > 0 ? [waive(leased)] : []),
  ], "write");
  return recorded.rowsAffected;
}

/**
 * Waives those of some new receipts whose lease is closed: the closing has counted what the lease
 * charges.
 */
function waive(ids: readonly string[]): InStatement {
  const closed = "EXISTS (SELECT 1 FROM lease_closings c WHERE c.lease_id = receipts.lease_id)";
  return {
    sql: `UPDATE receipts SET
        waived_microcredits = CASE WHEN ${closed} THEN charge_microcredits ELSE 0 END,
        charge_microcredits = CASE WHEN ${closed} THEN 0 ELSE charge_microcredits END
      WHERE waived_microcredits = ${UNDECIDED} AND id IN (${ids.map(() => "?").join(", ")})`,
    args: [...ids],
  };
}

/**
 * Column by column, so that a field of a Placement without a column, and a column without a field,
 * do not compile.
 */
function placementRow(placement: Placement, created_at_ms: number): typeof placements.$inferSelect {
  return {
    id: placement.id,
    tenant_id: placement.tenant_id,
    model: placement.model,
    class: placement.class,
    node: placement.node,
    region: placement.region,
    origin_lat: placement.origin_lat,
    origin_lon: placement.origin_lon,
    origin_node: placement.origin_node,
    sub_lat: placement.sub_lat,
    sub_lon: placement.sub_lon,
    sub_alt_km: placement.sub_alt_km,
    elevation_deg: placement.elevation_deg,
    azimuth_deg: placement.azimuth_deg,
    slant_range_km: placement.slant_range_km,
    sunlit: placement.sunlit,
    path: placement.path,
    policy: placement.policy,
    attempts: placement.attempts,
    modelled_light_time_ms: placement.modelled_light_time_ms,
    modelled_transfer_ms: placement.modelled_transfer_ms,
    modelled_wait_ms: placement.modelled_wait_ms,
    modelled_npu_ms: placement.modelled_npu_ms,
    modelled_access_ms: placement.modelled_access_ms ?? 0,
    radio: placement.radio ?? null,
    modelled_total_ms: placement.modelled_total_ms,
    modelled_energy_mj: placement.modelled_energy_mj,
    measured_wall_ms: placement.measured_wall_ms,
    placed_at_ms: placement.placed_at_ms,
    created_at_ms,
  } satisfies Record<keyof Placement | "created_at_ms", unknown>;
}
