/**
 * `POST /v1/nodes/{id}/slow`: the operator makes a node slow for a while, to see how the mesh bears it. Only
 * the object that has custody of the node now is told, and it keeps the fault in memory: it ends with its
 * time, with a restart, and when the node crosses into another region.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { NodeSlowness } from "../../contract/node.ts";
import { json, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { nodeObject } from "../../durable-objects/names.ts";
import { meshNow } from "../../mesh/clock.ts";
import { tenuresOf } from "../../mesh/tenure.ts";
import { withObject } from "../backends/with-object.ts";
import type { App } from "../context.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { limitedJson } from "../middleware/body.ts";
import { nodeIndexOf } from "../params/node.ts";
import { constellationOf } from "../sky/constellation-source.ts";

const definition = postRoute({
  asks: "admin",
  path: "/v1/nodes/{id}/slow",
  operationId: "slowNode",
  tags: ["route"],
  summary: "Make a node slow for a while, as a rehearsal",
  middleware: limitedJson,
  request: {
    params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }),
    body: { required: true, content: { "application/json": { schema: NodeSlowness } } },
  },
  responses: {
    200: json("As it was taken up", NodeSlowness),
    ...problems("invalid_request", "unauthenticated", "forbidden", "node_not_found", "no_node"),
  },
});

/** Adds the route. */
export function serveSlowNode(app: App): void {
  app.openapi(definition, async (c) => {
    const { id } = c.req.valid("param");
    const slowness = c.req.valid("json");
    const { services } = c.var;
    const { env } = services;
    const constellation = await constellationOf(services);
    const elements = constellation.elements(nodeIndexOf(id, constellation));
    const now = meshNow(settingsOf(env).clock, Date.now());
    const { region } = tenuresOf(elements).tenureAt(now);
    await withObject(services, "node", () => nodeObject(env, { node: id, region }).slow(slowness));
    return c.json(slowness, 200);
  });
}
