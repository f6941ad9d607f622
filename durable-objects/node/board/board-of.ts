/**
 * The board of a node's object, with workerd's sockets and the node's registrar as its ports.
 * @module
 */
import { PING, PONG } from "../../../contract/board.ts";
import { logger } from "../../../contract/log.ts";
import { registrarObject } from "../../names.ts";
import type { NodeAddress } from "../../shared/node-address.ts";
import { BoardAttachment } from "./board-attachment.ts";

const log = logger();

/**
 * Makes the attachment of one object's boards.
 * @param address which node the object serves; asked only once it is known
 */
export function boardOf(
  ctx: DurableObjectState,
  env: Env,
  address: () => NodeAddress,
): BoardAttachment {
  // Pings are answered without waking the object.
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  return new BoardAttachment({
    sockets: () => ctx.getWebSockets(),
    pingedAt: (socket) =>
      ctx.getWebSocketAutoResponseTimestamp(socket as WebSocket)?.getTime() ?? null,
    address,
    attach: (board) => registrarObject(env, board.node).attach(board),
    detach: (session) => registrarObject(env, address().node).detach(address().node, session),
    warn: (what, fields) => log.warn(what, { node: address().node, ...fields }),
  });
}
