/**
 * `GET /v1/live`: what a tenant's executions do, as they reach the ledger, by a WebSocket. The feed is with
 * an object of the tenant, so the upgrade is handed to that one. Not its job: what came before; the lists have
 * that.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { LIVE_PROTOCOL } from "../../contract/live.ts";
import { ProblemError } from "../../contract/problem.ts";
import { OF_TENANT, problems, READER } from "../../contract/responses.ts";
import { liveRequest } from "../../durable-objects/live/live-request.ts";
import { liveFeedObject } from "../../durable-objects/names.ts";
import { withObject } from "../backends/with-object.ts";
import type { App, Middleware } from "../context.ts";
import { authenticateReader, credentialOf } from "../middleware/auth.ts";
import { invalid } from "../params/invalid.ts";
import { retryAfter } from "../retry-after.ts";
import { readOffer } from "./live-offer.ts";
import { tenantToRead } from "./tenant-to-read.ts";

const Query = z.object(tenantQuery);

const definition = createRoute({
  method: "get",
  path: "/v1/live",
  operationId: "watchLive",
  tags: ["meter"],
  summary: "What executions do, as it happens, by a WebSocket",
  description: `Offer the subprotocols \`${LIVE_PROTOCOL}\` and, where no header can be set, ` +
    "`bearer.` with the key behind it. What is said over the socket: docs/reference/live.md",
  security: READER,
  request: { query: Query },
  responses: {
    101: { description: "The socket is open" },
    ...problems(...OF_TENANT, "rate_limited", "live_unavailable", "overloaded"),
  },
});

/** Takes the key from among the subprotocols, for the middleware that looks whose it is. */
const takeOffered: Middleware = async (c, next) => {
  const { services } = c.var;
  if (!services.headers.has("Authorization")) {
    services.bearer = readOffer(services.headers.get("Sec-WebSocket-Protocol")).bearer;
  }
  await next();
};

/** Adds the route; it is described by hand, as what it answers with is no body. */
export function serveLive(app: App): void {
  app.openAPIRegistry.registerPath(definition);
  app.get(definition.getRoutingPath(), takeOffered, authenticateReader, async (c) => {
    const { services } = c.var;
    const { env, region, headers } = services;
    const query = Query.safeParse(c.req.query());
    if (!query.success) throw invalid(query.error.issues);
    const tenant_id = await tenantToRead(services, query.data.tenant);
    if (headers.get("Upgrade")?.toLowerCase() !== "websocket") {
      throw new ProblemError("invalid_request", "This path takes the upgrade to a WebSocket only");
    }
    if (!readOffer(headers.get("Sec-WebSocket-Protocol")).speaks) {
      throw new ProblemError("invalid_request", `Offer the subprotocol ${LIVE_PROTOCOL}`);
    }
    const request = liveRequest({ tenant_id, credential: credentialOf(services), region });
    const response = await withObject(
      services,
      "live",
      () => liveFeedObject(env, tenant_id).fetch(request),
    );
    if (!response.webSocket) {
      throw new ProblemError("overloaded", "The tenant has as many pages open as may be", {
        headers: retryAfter(),
      });
    }
    // Its headers are immutable, and middleware adds to those of every response.
    return new Response(null, {
      status: 101,
      webSocket: response.webSocket,
      headers: { "Sec-WebSocket-Protocol": LIVE_PROTOCOL },
    });
  });
}
