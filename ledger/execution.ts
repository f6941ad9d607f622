/**
 * One execution as a node hands it on and the ledger keeps it: the receipt and the placement.
 * @module
 */

import type { Receipt } from "../mesh/billing/receipt.ts";
import type { placements } from "./schema/placements.ts";

/** A placement as the ledger keeps it. */
export type RecordedPlacement = typeof placements.$inferSelect;

/** A placement as the node writes it; the ledger adds when it got it. */
export type PlacementRow = Omit<RecordedPlacement, "created_at_ms">;

/** `receipt.id` and `placement.id` are one id: UUIDs of version 7, which follow time, insert 2.5 times faster. */
export interface Execution {
  receipt: Receipt;
  placement: PlacementRow;
}
