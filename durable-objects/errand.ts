/**
 * What an isolate and a node's object say to each other: one RPC, whose arguments and answer are these.
 * @module
 */
import type { Tensor } from "../contract/tensor.ts";
import type { Execution } from "../ledger/execution.ts";
import type { Demand, Refusal } from "../mesh/node/admit.ts";
import type { Elements } from "../mesh/orbit/elements.ts";
import type { Digest } from "../mesh/placement/hints.ts";
import type { Receipt } from "../mesh/receipt.ts";
import type { Region } from "../mesh/region.ts";

/** Everything a node needs to run one ask and account for it. */
export interface Errand {
  /** The execution's id: of its receipt, and of its placement. */
  id: string;
  node: string;
  region: Region;
  elements: Elements;
  model: string;
  demand: Demand;
  /** Who pays, and for what: known before the run. */
  bill: Pick<
    Receipt,
    "tenant_id" | "key_id" | "model" | "model_version" | "class" | "bytes_up"
  >;
  /** The placement as decided; the node puts in what only it knows. */
  placement: Execution["placement"];
}

export type Thought =
  | { ok: true; outputs: Tensor[]; execution: Execution; digest: Digest; engine_ms: number }
  | { ok: false; refusal: Refusal; digest: Digest };
