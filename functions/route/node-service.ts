/**
 * `POST /v1/nodes/{id}/drain`, `/fail` and `/repair`: the operator takes a node out of service and
 * back. The node's registrar records it first, so that an object that takes custody later learns of it;
 * then the object that has custody now is told.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { ServiceAnswer } from "../../contract/node.ts";
import { json, problems } from "../../contract/responses.ts";
import { nodeObject, registrarObject } from "../../durable-objects/names.ts";
import type { OutOfService } from "../../mesh/placement/hints.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { nodeIndexOf } from "../params/node.ts";
import type { App } from "../context.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";
import { withObject } from "../backends/with-object.ts";

const ACTIONS = {
  drain: { state: "drained", summary: "Let a node finish what it has, and take nothing new" },
  fail: {
    state: "failed",
    summary: "Take a node for failed: it takes nothing new and lets go of those who wait",
  },
  repair: { state: "up", summary: "Put a node back into service" },
} as const;

const definition = (action: keyof typeof ACTIONS) =>
  postRoute({
    asks: "admin",
    path: `/v1/nodes/{id}/${action}`,
    operationId: `${action}Node`,
    tags: ["route"],
    summary: ACTIONS[action].summary,
    request: { params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }) },
    responses: {
      200: json("The node's service", ServiceAnswer),
      ...problems("unauthenticated", "forbidden", "node_not_found", "no_node"),
    },
  });

/** Adds the routes that take a node out of service and put it back. */
export function serveNodeService(app: App): void {
  for (const action of ["drain", "fail", "repair"] as const) {
    const { state } = ACTIONS[action];
    app.openapi(definition(action), async (c) => {
      const { id } = c.req.valid("param");
      const { services } = c.var;
      const { env } = services;
      const constellation = await constellationOf(services);
      const index = nodeIndexOf(id, constellation);
      const { service, holder } = await withObject(
        services,
        "node",
        () => registrarObject(env, id).setService(id, state),
      );
      const keeper = skyKeeper(constellation);
      const { hints } = keeper;
      const out = new Map(hints.outOfService);
      if (state === "up") out.delete(index);
      else out.set(index, state satisfies OutOfService);
      hints.outOfService = out;
      // What the node said while it was out of service no longer holds.
      if (state === "up") keeper.drop(index);
      if (holder) {
        const address = {
          node: id,
          region: holder.region,
          elements: constellation.elements(index),
        };
        await withObject(services, "node", () => nodeObject(env, address).serve(address, service));
      }
      return c.json({ id, service: state }, 200);
    });
  }
}
