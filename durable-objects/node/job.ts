/**
 * What an isolate and a node's object say to each other: one RPC, whose arguments and answer are these.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Demand, Refusal } from "../../mesh/node/admit.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { Digest } from "../../mesh/placement/hints.ts";
import type { PriceList, Receipt } from "../../mesh/billing/receipt.ts";
import type { Region } from "../../mesh/region.ts";
import type { EpochMs } from "../../mesh/units.ts";

/** Which node's object is meant, in which region: an object is told, as it cannot look it up. */
export interface NodeAddress {
  node: string;
  region: Region;
  elements: Elements;
}

/** Everything a node needs to run one ask and account for it. */
export interface Job {
  /** The execution's id: of its receipt, and of its placement. */
  id: string;
  address: NodeAddress;
  model: string;
  demand: Demand;
  /** Who pays, and for what: known before the run. */
  bill: Pick<
    Receipt,
    "tenant_id" | "key_id" | "model" | "model_version" | "class" | "bytes_up" | "lease_id"
  >;
  prices: PriceList;
  /** The placement as decided; the node puts in what only it knows. */
  placement: Execution["placement"];
}

export type JobResult =
  | {
    ok: true;
    outputs: Tensor[];
    execution: Execution;
    digest: Digest;
    engine_ms: number;
    /** When the modelled NPU has done the run, on the mesh clock. */
    ends: EpochMs;
  }
  /** Without a digest where this object does not have the node's state. */
  | { ok: false; refusal: Refusal; digest: Digest | null }
  /** The node's state lies in another region's object: ask there. */
  | { ok: false; moved: Region };
