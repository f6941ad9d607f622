/**
 * Writes executions to the ledger: at least once on the way here, once in here.
 * @module
 */

import type { InStatement } from "@libsql/client/web";
import type { BatchWriter } from "./batch-writer.ts";
import type { Execution } from "./execution.ts";
import { insertRows } from "./insert-rows.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";

// 500 executions bind 24,000 values in 0.9 MB: SQLite takes 32,766 a statement, and while one batch
// commits, for some 10 ms, no other writer can. With 100 a third fewer arrive a second (benches/drain.ts).
export const EXECUTIONS_MAX = 500;

// What a receipt of a lease says of itself within the transaction that inserts it.
const UNDECIDED = -1;

/**
 * Records all of them in one transaction, or none. An id that is known already changes nothing, so a
 * lost answer is mended by sending the same again. Returns how many receipts were new.
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
        waived_microcredits: receipt.lease_id === null ? 0 : UNDECIDED,
        invoice_id: null,
        recorded_at_ms: recordedAtMs,
      })),
    ),
    insertRows(
      placements,
      executions.map(({ placement }) => ({ ...placement, created_at_ms: recordedAtMs })),
    ),
    ...(leased.length > 0 ? [waive(leased)] : []),
  ], "write");
  return recorded.rowsAffected;
}

/** Of those that are new: a lease that is closed has counted what it charges, and charges no more. */
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
