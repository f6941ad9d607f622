/**
 * Writes executions to the ledger: at least once on the way here, once in here.
 * @module
 */

import type { Ledger } from "./client.ts";
import type { Execution } from "./execution.ts";
import { insertRows } from "./insert-rows.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";

// 100 executions bind 4,600 values in 0.2 MB: SQLite takes 32,766 a statement, and while one batch
// commits no other writer can.
export const EXECUTIONS_MAX = 100;

/**
 * Records all of them in one transaction, or none. An id that is known already changes nothing, so a
 * lost answer is mended by sending the same again. Returns how many receipts were new.
 */
export async function recordExecutions(
  ledger: Ledger,
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
  const [recorded] = await ledger.$client.batch([
    insertRows(
      receipts,
      executions.map(({ receipt }) => ({
        ...receipt,
        invoice_id: null,
        recorded_at_ms: recordedAtMs,
      })),
    ),
    insertRows(
      placements,
      executions.map(({ placement }) => ({ ...placement, created_at_ms: recordedAtMs })),
    ),
  ], "write");
  return recorded.rowsAffected;
}
