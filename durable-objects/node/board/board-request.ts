/**
 * How a board's WebSocket gets from the route to the node's object: the one thing that RPC cannot
 * carry, so it is a request of our own making. Nothing of the board's own request is in it.
 * @module
 */
import type { Region } from "../../../mesh/region.ts";
import type { NodeAddress } from "../../shared/node-address.ts";
import type { BoardCredential } from "./board-attachment.ts";

const HEADER = "Perigee-Board";

/** Who attaches to which node. */
export interface BoardArrival {
  address: NodeAddress;
  credential: BoardCredential;
}

/** Why an object did not take the socket: another region's object serves, or nobody can just now. */
export interface BoardRefusal {
  moved: Region | null;
}

/** The upgrade for a node's object. */
export function boardRequest(
  { address, credential: { id, expires_at_ms } }: BoardArrival,
): Request {
  const arrival: BoardArrival = { address, credential: { id, expires_at_ms } };
  // Encoded, since names in a catalogue may have characters that no header takes.
  const said = encodeURIComponent(JSON.stringify(arrival));
  return new Request("https://node.invalid/board", {
    headers: { Upgrade: "websocket", [HEADER]: said },
  });
}

/**
 * Reads what boardRequest() has written.
 * @returns null for any other request
 */
export function readBoardRequest(request: Request): BoardArrival | null {
  const said = request.headers.get(HEADER);
  return said === null ? null : JSON.parse(decodeURIComponent(said));
}
