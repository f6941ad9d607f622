/**
 * `GET /v1/nodes/{id}/board`: a board attaches to its node, by a WebSocket. The node's state is with
 * the object of the region that it flies over, so the upgrade is handed to that one; when the node
 * crosses a border the board is told, and comes here again.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ProblemError } from "../../contract/problem.ts";
import { BOARD, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { nodeObject } from "../../durable-objects/names.ts";
import { type BoardRefusal, boardRequest } from "../../durable-objects/node/board/board-request.ts";
import { meshNow } from "../../mesh/clock.ts";
import { tenuresOf } from "../../mesh/tenure.ts";
import { unavailable } from "../backends/unavailable.ts";
import { withObject } from "../backends/with-object.ts";
import type { App } from "../context.ts";
import { boardKeyOf } from "../middleware/auth.ts";
import { nodeIndexOf } from "../params/node.ts";
import { constellationOf } from "../sky/constellation-source.ts";

// Two objects whose clocks differ may send the board to each other.
const MOVES_MAX = 3;

const definition = createRoute({
  method: "get",
  path: "/v1/nodes/{id}/board",
  operationId: "attachBoard",
  tags: ["route"],
  summary: "Attach a board to its node, by a WebSocket",
  description: "What is said over the socket: docs/reference/board-protocol.md",
  security: BOARD,
  request: { params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }) },
  responses: {
    101: { description: "The board is attached" },
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "node_not_found",
      "ledger_unavailable",
      "no_node",
    ),
  },
});

/** Adds the route; it is described by hand, as what it answers with is no body. */
export function serveBoardSocket(app: App): void {
  app.openAPIRegistry.registerPath(definition);
  app.get(definition.getRoutingPath(), async (c) => {
    const { services } = c.var;
    const id = c.req.param("id");
    const key = await boardKeyOf(services, id);
    if (services.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
      throw new ProblemError("invalid_request", "This path takes the upgrade to a WebSocket only");
    }
    const constellation = await constellationOf(services);
    const elements = constellation.elements(nodeIndexOf(id, constellation));
    const now = meshNow(settingsOf(services.env).clock, Date.now());
    let { region } = tenuresOf(elements).tenureAt(now);
    for (let moves = 0; moves <= MOVES_MAX; moves++) {
      const address = { node: id, region, elements };
      const request = boardRequest({ address, credential: key });
      const response = await withObject(
        services,
        "node",
        () => nodeObject(services.env, address).fetch(request),
      );
      // Its headers are immutable, and middleware adds to those of every response.
      if (response.webSocket) {
        return new Response(null, { status: 101, webSocket: response.webSocket });
      }
      const refusal: BoardRefusal = await response.json();
      if (refusal.moved === null) break;
      region = refusal.moved;
    }
    throw unavailable("node");
  });
}
