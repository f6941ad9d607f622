/**
 * The Open Inference Protocol's metadata of server and models: `/v2` and below, without inference.
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { ModelMetadata, OipError } from "../../contract/oip.ts";
import { json, KEY_OR_NONE } from "../../contract/responses.ts";
import type { App } from "../context.ts";
import { type FoundModel, publicModelOf } from "../models/model-of.ts";
import { retryAfter } from "../retry-after.ts";
import { readinessOf } from "./readiness.ts";
import { describeVersioned } from "./versioned.ts";

/** What the protocol's server metadata says. */
export const SERVER = {
  name: "perigee",
  version: VERSION,
  extensions: ["binary_tensor_data", "statistics"],
};

const server = createRoute({
  method: "get",
  path: "/v2",
  operationId: "readServer",
  tags: ["infer"],
  summary: "The server",
  security: [],
  responses: {
    200: json(
      "Name, version and extensions",
      z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
    ),
  },
});

const live = createRoute({
  method: "get",
  path: "/v2/health/live",
  operationId: "readLiveness",
  tags: ["infer"],
  summary: "Whether the server is live",
  security: [],
  responses: { 200: json("It is live", z.object({ live: z.boolean() })) },
});

const NotReady = OipError.extend({ ready: z.literal(false) });

const ready = createRoute({
  method: "get",
  path: "/v2/health/ready",
  operationId: "readReadiness",
  tags: ["infer"],
  summary: "Whether an inference is possible",
  security: [],
  responses: {
    200: json("It is possible", z.object({ ready: z.literal(true) })),
    503: json("It is not, and why", NotReady),
  },
});

const params = z.object({ name: z.string() });

const metadata = createRoute({
  method: "get",
  path: "/v2/models/{name}",
  operationId: "readModelMetadata",
  tags: ["infer"],
  summary: "What a model takes and gives",
  security: KEY_OR_NONE,
  request: { params },
  responses: {
    200: json("The model's metadata", ModelMetadata),
    404: json("There is no such model", OipError),
  },
});

const modelReady = createRoute({
  method: "get",
  path: "/v2/models/{name}/ready",
  operationId: "readModelReadiness",
  tags: ["infer"],
  summary: "Whether a model can be asked",
  security: KEY_OR_NONE,
  request: { params },
  responses: {
    200: json("It is ready", z.object({ name: z.string(), ready: z.literal(true) })),
    404: json("There is no such model", OipError),
    503: json("No model can be asked now, and why", NotReady.extend({ name: z.string() })),
  },
});

/** Adds the routes of server and model metadata, and of health and readiness. */
export function serveModels(app: App): void {
  app.openapi(server, (c) => c.json(SERVER, 200));
  // As Triton's own server answers it.
  app.get("/v2/", (c) => c.json(SERVER, 200));
  app.openapi(live, (c) => c.json({ live: true }, 200));
  app.openapi(ready, async (c) => {
    const answer = await readinessOf(c.var.services);
    return answer.ready ? c.json(answer, 200) : c.json(answer, 503, notReadyHeaders());
  });
  app.openapi(
    metadata,
    async (c) =>
      c.json(metadataOf(await publicModelOf(c.var.services, c.req.valid("param").name)), 200),
  );
  describeVersioned(app, metadata);
  app.get(
    "/v2/models/:name/versions/:version",
    async (c) => {
      const { name, version } = c.req.param();
      return c.json(metadataOf(await publicModelOf(c.var.services, name, version)));
    },
  );
  app.openapi(modelReady, async (c) => {
    const { name } = c.req.valid("param");
    await publicModelOf(c.var.services, name);
    const answer = await readinessOf(c.var.services);
    return answer.ready
      ? c.json({ name, ...answer }, 200)
      : c.json({ name, ...answer }, 503, notReadyHeaders());
  });
  describeVersioned(app, modelReady);
  app.get("/v2/models/:name/versions/:version/ready", async (c) => {
    const { name, version } = c.req.param();
    await publicModelOf(c.var.services, name, version);
    const answer = await readinessOf(c.var.services);
    return answer.ready
      ? c.json({ name, ...answer })
      : c.json({ name, ...answer }, 503, notReadyHeaders());
  });
}

const notReadyHeaders = () => ({ ...retryAfter(), "Perigee-Problem": "not_ready" });

function metadataOf({ spec, versions }: FoundModel) {
  return {
    name: spec.name,
    versions,
    platform: spec.platform,
    inputs: spec.inputs,
    outputs: spec.outputs,
  };
}
