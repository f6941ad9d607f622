/**
 * Sends the job of a language model to its node, and has the node end it where the caller leaves.
 * @module
 */
import { nodeObject } from "../../durable-objects/names.ts";
import type { Job } from "../../durable-objects/node/job.ts";
import type {
  UpstreamAsk,
  UpstreamResult,
} from "../../durable-objects/node/upstream/upstream-job.ts";
import type { NodeAddress } from "../../durable-objects/shared/node-address.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Region } from "../../mesh/region.ts";
import type { Payment } from "../billing/wallets.ts";
import type { Services } from "../services.ts";

/** What became of a job, and which object said so. */
export interface SentJob {
  address: NodeAddress;
  result: Exclude<UpstreamResult, { moved: Region }>;
}

// As for tensors: the clocks of two objects may differ at a crossing.
const MOVES_MAX = 3;

/** Sends a job to a node, following its state from object to object. @returns null: it did not answer */
export async function sendTokens(
  services: Services,
  { job, upstream, payment }: { job: Job; upstream: UpstreamAsk; payment: Payment },
): Promise<SentJob | null> {
  const { env, log } = services;
  // A stream's end is settled by who writes it to the caller.
  const left = upstream.stream ? null : services.left;
  let { address } = job;
  const end = () => services.after(endRun(services, { id: job.id, address, payment }));
  left?.addEventListener("abort", end, { once: true });
  try {
    for (let moves = 0; moves <= MOVES_MAX; moves++) {
      const result = await nodeObject(env, address)
        .thinkUpstream({ ...job, address }, upstream) as UpstreamResult;
      if (!("moved" in result)) return { address, result };
      address = { ...address, region: result.moved };
    }
    throw new Error("its objects do not agree on which of them serves it");
  } catch (error) {
    log.warn("A node did not answer", { node: address.node, error });
    return null;
  } finally {
    left?.removeEventListener("abort", end);
  }
}

/** Has a node end a run whose caller has gone: it pays for what was made by then. */
async function endRun(
  { env, log }: Services,
  { id, address, payment }: { id: string; address: NodeAddress; payment: Payment },
): Promise<void> {
  try {
    const execution = await nodeObject(env, address).settleUpstream(id, 0) as Execution | null;
    if (execution) payment.settle("charged", execution.receipt.charge_microcredits);
  } catch (error) {
    log.warn("A node was not told that a caller has gone", { node: address.node, error });
  }
}
