/**
 * One execution as a node hands it on and the ledger keeps it: the receipt and the placement.
 * @module
 */

import type { TraceHeaders } from "../contract/trace.ts";
import type { Placement } from "../mesh/billing/placement.ts";
import type { Receipt } from "../mesh/billing/receipt.ts";

/**
 * A receipt and a placement of one id: a UUID of version 7, which follows time, as such ids are
 * inserted 2.5 times faster.
 */
export interface Execution {
  receipt: Receipt;
  placement: Placement;
  /** The version of its form (durable-objects/shared/version.ts); missing: release 7ab9cf5. */
  v?: number;
  /**
   * The span of the run, where its trace is recorded. Of no account: a release that does not know it hands
   * it on, and the ledger has no column for it.
   */
  trace?: TraceHeaders;
}
