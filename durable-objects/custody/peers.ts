/**
 * How a node's object reaches its register and its other regions' objects: custody's port to the mesh.
 * @module
 */
import type { NodeState } from "../../mesh/node/state.ts";
import type { Region } from "../../mesh/region.ts";
import type { Peers } from "./custody-record.ts";
import type { NodeAddress } from "../node/job.ts";
import { nodeObject, registrarObject } from "../names.ts";

// Whoever waits for custody has other nodes to go to.
const ANSWER_MS_MAX = 5_000;

/** @param address as the object has it when it asks */
export function peersOf(env: Env, address: () => NodeAddress): Peers<NodeState> {
  const { node } = address();
  const registrar = () => registrarObject(env, node);
  const peer = (region: Region) => nodeObject(env, { node, region });
  const to = (region: Region): NodeAddress => ({ ...address(), region });
  return {
    claim: (request) => inTime(registrar().claim({ node, ...request })),
    confirm: (claim) => inTime(registrar().confirm(node, claim)),
    release: (claim) => inTime(registrar().release(node, claim)),
    handOver: (from, request) => inTime(peer(from).handOver(to(from), request)),
    receive: (region, push) => inTime(peer(region).receive(to(region), push)),
  };
}

async function inTime<T>(answer: PromiseLike<unknown>): Promise<T> {
  const late = scheduler.wait(ANSWER_MS_MAX).then(() => {
    throw new Error(`no answer within ${ANSWER_MS_MAX} ms`);
  });
  // RPC's own types wrap what came in disposers; it holds nothing but data.
  return await Promise.race([answer, late]) as T;
}
