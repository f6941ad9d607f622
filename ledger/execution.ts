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

/**
 * The version of an execution's form. One of tensors is as ever, so that a collector of the release before
 * takes it; it has no columns for tokens, or for a radio other than `light`, and sets an execution that has
 * them aside.
 * @returns what `v` says
 */
export const executionVersion = ({ receipt, placement }: Execution): number =>
  placement.radio !== undefined
    ? RADIO_VERSION
    : receipt.prompt_tokens === undefined
    ? TENSORS_VERSION
    : TOKENS_VERSION;

const TENSORS_VERSION = 1;
const TOKENS_VERSION = 2;
const RADIO_VERSION = 3;
