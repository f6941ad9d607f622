/**
 * What an isolate and a node's object say to each other: the arguments and the answer of one RPC.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import type { Measured } from "../../contract/board.ts";
import type { Failure, OnBoard } from "../../inference/engine.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Demand, Refusal } from "../../mesh/node/admit.ts";
import type { Digest } from "../../mesh/node/digest.ts";
import type { Placement } from "../../mesh/billing/placement.ts";
import type { PriceList, Receipt } from "../../mesh/billing/receipt.ts";
import type { Region } from "../../mesh/region.ts";
import { type EpochMs, seconds } from "../../mesh/units.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import type { SentTensors } from "../shared/sent-tensors.ts";
import { type Versioned, VERSIONS } from "../shared/version.ts";

/** Everything a node needs to run one ask and account for it. */
export interface Job extends Versioned {
  /** The execution's id: of its receipt and of its placement. UUID. */
  id: string;
  /** Of the request that asks, for the node's log; a release that does not say it logs none. */
  request_id?: string;
  /**
   * The span that the node's, or the engine's own, is part of; missing of tensors where the trace is not
   * recorded.
   */
  trace?: TraceHeaders;
  address: NodeAddress;
  /** As callers name it. */
  model: string;
  /** Which version of a tenant's own model it is; missing for a built-in one. Raises `v`: jobVersion(). */
  uploaded?: UploadedModel;
  /**
   * Another node has been asked the same, and may run it too: this one keeps no receipt of its run. The
   * isolate has the run committed, or nobody is charged for it (collector/commits.ts). Raises `v`.
   */
  tentative?: true;
  /** Of an uploaded model: what a board is to give, and whether only a board can. */
  onBoard?: OnBoard;
  demand: Demand;
  /** Who pays, and for what, as far as it is known before the run. */
  bill: Pick<
    Receipt,
    "tenant_id" | "key_id" | "model" | "model_version" | "class" | "bytes_up" | "lease_id"
  >;
  prices: PriceList;
  /** The placement as decided; account() puts in what only the node knows. */
  placement: Placement;
}

/**
 * The version of a job's form. One of a built-in model is as ever, so that nodes of the release before run
 * it; they would look for an uploaded one in their catalogue, and keep a receipt of a tentative one.
 * @param tentative whether the node keeps no receipt
 * @param radio whether its placement names a radio profile, which a release before has no columns for
 * @returns what `v` says
 */
export const jobVersion = (
  uploaded: UploadedModel | null,
  tentative = false,
  radio = false,
): number =>
  radio
    ? VERSIONS.job
    : tentative
    ? TENTATIVE_VERSION
    : uploaded
    ? UPLOADED_VERSION
    : BUILT_IN_VERSION;

const BUILT_IN_VERSION = 1;
const UPLOADED_VERSION = 2;
const TENTATIVE_VERSION = 3;

/** What became of a job: it ran, the node refused it, or the node's state is elsewhere. */
export type JobResult =
  | {
    ok: true;
    outputs: Tensor[];
    execution: Execution;
    digest: Digest;
    /** How long the answer waited for the engine, real time. */
    engine_ms: number;
    /** What the node's board has measured, if it ran this ask alone; missing: the isolate ran it. */
    board?: Measured;
    /** When the modelled NPU has done the run, on the mesh clock. */
    ends: EpochMs;
  }
  /** The node refuses; the digest is null where this object does not have the node's state. */
  | { ok: false; refusal: Refusal; digest: Digest | null }
  /**
   * The run gave nothing, and another node would do no better. Billed where the model is at fault: it has
   * had its time. `message` is a sentence for the caller.
   */
  | {
    ok: false;
    failed: { failure: Failure; message: string };
    billed: boolean;
    /** If it is billed; a release before this one does not tell it. */
    execution?: Execution;
    digest: Digest;
  }
  /** Another region's object has the node's state: ask there. */
  | { ok: false; moved: Region };

/**
 * Writes a job as text.
 * @returns JSON; readJob() gives the same job, also where it has no deadline
 */
export const jobText = (job: Job): string => JSON.stringify(job);

/**
 * Reads a job that jobText() has written.
 * @param text JSON
 */
export function readJob(text: string): Job {
  const job: Job = JSON.parse(text);
  // JSON writes an infinite number as null. A newer release's job may lack a demand, and is refused.
  if (job.demand) job.demand.within ??= seconds(Infinity);
  return job;
}

/** A JobResult whose execution is text. */
export type TextResult =
  | Exclude<JobResult, { ok: true }>
  | Omit<Extract<JobResult, { ok: true }>, "execution"> & { execution: string };

/** A JobResult whose outputs, if they are large, come as a stream. */
export type StreamedResult =
  | Exclude<JobResult, { ok: true }>
  | Omit<Extract<JobResult, { ok: true }>, "outputs"> & { outputs: SentTensors | Tensor[] };
