/**
 * One execution as a node hands it on and the ledger keeps it: the receipt and the placement.
 * @module
 */

import type { Placement } from "../mesh/billing/placement.ts";
import type { Receipt } from "../mesh/billing/receipt.ts";

/** `receipt.id` and `placement.id` are one id: UUIDs of version 7, which follow time, insert 2.5 times faster. */
export interface Execution {
  receipt: Receipt;
  placement: Placement;
  /** Of its form, on its way here (durable-objects/shared/version.ts); without one: release 7ab9cf5's. */
  v?: number;
}
