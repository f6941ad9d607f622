/**
 * Sends a job to a node's object, wherever its state is, and large inputs as a stream.
 * Not its job: which node (ask-in-turn.ts).
 * @module
 */
import { freeTensors, type Tensor } from "../../contract/tensor.ts";
import { nodeObject, type Stub } from "../../durable-objects/names.ts";
import {
  type Job,
  type JobResult,
  jobText,
  type StreamedResult,
  type TextResult,
} from "../../durable-objects/node/job.ts";
import { lacksMethod } from "../../durable-objects/shared/lacks-method.ts";
import {
  receiveTensors,
  sendTensors,
  travelAsStream,
} from "../../durable-objects/shared/tensor-stream.ts";
import type { Region } from "../../mesh/region.ts";
import type { Services } from "../services.ts";

// Which object owns a node's state depends on the time: if the clocks of two objects differ, they
// may send the ask to each other.
const MOVES_MAX = 3;

/** Where a job is: at the object of this region. */
export interface Way {
  region: Region;
  /** It follows the node's state no further: where its receipt would be must stay known. */
  closed: boolean;
}

/**
 * Sends a job to a node, following its state from object to object.
 * @returns null if the object did not answer, and may have run it
 */
export async function sendJob(
  { env, log }: Services,
  job: Job,
  { inputs, way }: { inputs: Tensor[]; way: Way },
): Promise<Exclude<JobResult, { moved: Region }> | null> {
  try {
    for (let moves = 0; moves <= MOVES_MAX; moves++) {
      const result = await thinkAt(env, job, inputs);
      if (!("moved" in result)) return result;
      if (way.closed) return null;
      way.region = result.moved;
      job = { ...job, address: { ...job.address, region: result.moved } };
    }
    throw new Error("its objects do not agree on which of them serves it");
  } catch (error) {
    log.warn("A node did not answer", { node: job.address.node, error });
    return null;
  }
}

/** Lets a node think; the inputs of a large run are freed, if it has run. */
async function thinkAt(env: Env, job: Job, inputs: Tensor[]): Promise<JobResult> {
  const node = nodeObject(env, job.address);
  // The type of an RPC's result has disposers in it; this one holds nothing but data, and a stream.
  if (!travelAsStream(inputs)) return await thinkSmall(node, job, inputs);
  const { sent, abandon } = sendTensors(inputs);
  try {
    const result = await node.thinkStreamed(job, sent) as StreamedResult;
    if (!("outputs" in result)) return result;
    const outputs = Array.isArray(result.outputs)
      ? result.outputs
      : await receiveTensors(result.outputs);
    // Not before: if the outputs do not arrive, the next node gets the inputs.
    freeTensors(inputs);
    return { ...result, outputs };
  } catch (error) {
    if (!lacksMethod(error)) throw error;
    // The object still runs a release before streams.
    return await node.think(job, inputs) as JobResult;
  } finally {
    abandon();
  }
}

/** With job and execution as text, unless the object still runs a release before that. */
async function thinkSmall(node: Stub<"NODES">, job: Job, inputs: Tensor[]): Promise<JobResult> {
  try {
    const result = await node.thinkText(jobText(job), inputs) as TextResult;
    return result.ok ? { ...result, execution: JSON.parse(result.execution) } : result;
  } catch (error) {
    if (!lacksMethod(error)) throw error;
    return await node.think(job, inputs) as JobResult;
  }
}
