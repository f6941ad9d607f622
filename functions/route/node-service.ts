/**
 * `POST /v1/nodes/{id}/drain`, `/fail` and `/repair`: the operator takes a node out of service and
 * back. Recorded at the node's registrar first, so that no object can take custody without hearing of
 * it; then its present object is told.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ServiceAnswer } from "../../contract/node.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, problems } from "../../contract/responses.ts";
import { nodeObject, registrarObject } from "../../durable-objects/names.ts";
import type { OutOfService } from "../../mesh/placement/hints.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { constellationOf } from "../sky/constellation-source.ts";
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
  createRoute({
    method: "post",
    path: `/v1/nodes/{id}/${action}`,
    tags: ["route"],
    summary: ACTIONS[action].summary,
    security: ADMIN,
    middleware: authenticateAdmin,
    request: { params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }) },
    responses: {
      200: json("The node's service", ServiceAnswer),
      ...problems("unauthenticated", "forbidden", "node_not_found", "no_node"),
    },
  });

export function serveNodeService(app: App): void {
  for (const action of ["drain", "fail", "repair"] as const) {
    const { state } = ACTIONS[action];
    app.openapi(definition(action), async (c) => {
      const { id } = c.req.valid("param");
      const constellation = await constellationOf(c.env);
      const index = constellation.indexOf(id);
      if (index < 0) {
        const detail = `The constellation "${constellation.name}" has no node "${id.slice(0, 64)}"`;
        throw new ProblemError("node_not_found", detail);
      }
      const { service, holder } = await withObject(
        c,
        AWAY,
        () => registrarObject(c.env, id).setService(id, state),
      );
      const { hints } = skyKeeper(constellation);
      const out = new Map(hints.outOfService);
      if (state === "up") out.delete(index);
      else out.set(index, state satisfies OutOfService);
      hints.outOfService = out;
      // A refusal that it gave while it was out of service says nothing any more.
      if (state === "up") hints.drop(index);
      if (holder) {
        const address = {
          node: id,
          region: holder.region,
          elements: constellation.elements(index),
        };
        await withObject(c, AWAY, () => nodeObject(c.env, address).serve(address, service));
      }
      return c.json({ id, service: state }, 200);
    });
  }
}

/** The request may be repeated: it sets what is set already. */
const AWAY = {
  code: "no_node",
  detail: "The node's objects did not answer, and may have heard: ask again",
} as const;
