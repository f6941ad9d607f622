/**
 * `GET /v1/nodes/{id}/board/models/{sha256}`: the file of a model, for the board that has a run of it
 * under way, and for nobody else. The board names a digest; where the file lies, the job says.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ProblemError } from "../../contract/problem.ts";
import { BOARD, problems } from "../../contract/responses.ts";
import { nodeObject, registrarObject } from "../../durable-objects/names.ts";
import { withObject } from "../backends/with-object.ts";
import type { App } from "../context.ts";
import { boardKeyOf } from "../middleware/auth.ts";
import { withBucket } from "../models/model-files.ts";
import { nodeIndexOf } from "../params/node.ts";
import { constellationOf } from "../sky/constellation-source.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/nodes/{id}/board/models/{sha256}",
  operationId: "readBoardModel",
  tags: ["route"],
  summary: "The file of a model that the board is to run",
  security: BOARD,
  request: {
    params: z.object({
      id: z.string().openapi({ example: "G2A-017-042" }),
      sha256: z.string().openapi({ description: "Of the file, hexadecimal" }),
    }),
  },
  responses: {
    200: {
      description: "The ONNX file",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
    ...problems(
      "unauthenticated",
      "forbidden",
      "not_found",
      "ledger_unavailable",
      "models_unavailable",
      "no_node",
    ),
  },
});

/** Adds the route. */
export function serveBoardModels(app: App): void {
  app.openAPIRegistry.registerPath(definition);
  app.get(definition.getRoutingPath(), async (c) => {
    const { services } = c.var;
    const { env } = services;
    const { id, sha256 } = c.req.param();
    const { id: key_id } = await boardKeyOf(services, id);
    const constellation = await constellationOf(services);
    const elements = constellation.elements(nodeIndexOf(id, constellation));
    const board = await withObject(services, "node", () => registrarObject(env, id).board(id));
    const address = board && { node: id, region: board.region, elements };
    const object = address && await withObject(
      services,
      "node",
      () => nodeObject(env, address).boardModel(address, { key_id, sha256 }),
    );
    const file = object && await withBucket(services, (bucket) => bucket.get(object));
    if (!file) throw new ProblemError("not_found", "The board has no run of such a model");
    return new Response(file.body, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": String(file.size),
        "Cache-Control": "no-store",
      },
    });
  });
}
