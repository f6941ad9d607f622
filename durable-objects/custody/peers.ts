/**
 * Custody's port to the mesh: calls to the node's registrar, and to its objects of other regions.
 * @module
 */
import type { NodeState } from "../../mesh/node/state.ts";
import type { Region } from "../../mesh/region.ts";
import { nodeObject, registrarObject } from "../names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import { isUnread, stamped, type Unread } from "../shared/version.ts";
import type { Peers } from "./custody-record.ts";

// A request that waits for custody can go to another node instead.
const ANSWER_MS_MAX = 5_000;

/**
 * Makes custody's peers. Each call rejects if the peer does not answer within five seconds, or is
 * of an older release that cannot read the message.
 * @param address of the object that asks, read at each call: its elements may be renewed
 */
export function peersOf(env: Env, address: () => NodeAddress): Peers<NodeState> {
  const { node } = address();
  const registrar = () => registrarObject(env, node);
  const peer = (region: Region) => nodeObject(env, { node, region });
  const to = (region: Region): NodeAddress => ({ ...address(), region });
  const message = <T extends object>(content: T) => stamped("custody", content);
  return {
    claim: (request) => answerTo(registrar().claim(message({ node, ...request }))),
    confirm: (claim) => answerTo(registrar().confirm(node, message(claim))),
    release: (claim) => answerTo(registrar().release(node, message(claim))),
    handOver: (from, request) => answerTo(peer(from).handOver(to(from), message(request))),
    receive: (region, push) => answerTo(peer(region).receive(to(region), message(push))),
  };
}

/** Rejects, as an outage does, if the peer is of an older release that cannot read the message. */
async function answerTo<T>(call: PromiseLike<unknown>): Promise<T> {
  // RPC's own types wrap what came in disposers; it holds nothing but data.
  const answer = await withDeadline(ANSWER_MS_MAX, call) as T | Unread;
  if (isUnread(answer)) throw new Error("it is of an older release and cannot read the message");
  return answer;
}
