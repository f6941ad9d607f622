/**
 * The Open Inference Protocol's metadata of server and models: `/v2` and below, without inference.
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { ModelMetadata, OipError } from "../../contract/oip.ts";
import { json } from "../../contract/responses.ts";
import type { App } from "../context.ts";
import { modelOf } from "../params/model.ts";

/** What the protocol's server metadata says. */
export const SERVER = { name: "perigee", version: VERSION, extensions: [] as string[] };

const server = createRoute({
  method: "get",
  path: "/v2",
  tags: ["infer"],
  summary: "The server",
  responses: {
    200: json(
      "Name, version and extensions",
      z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
    ),
  },
});

const health = (path: "/v2/health/live" | "/v2/health/ready", key: "live" | "ready") =>
  createRoute({
    method: "get",
    path,
    tags: ["infer"],
    summary: `Whether the server is ${key}`,
    responses: { 200: json(`It is ${key}`, z.record(z.string(), z.boolean())) },
  });

const params = z.object({ name: z.string() });

const metadata = createRoute({
  method: "get",
  path: "/v2/models/{name}",
  tags: ["infer"],
  summary: "What a model takes and gives",
  request: { params },
  responses: {
    200: json("The model's metadata", ModelMetadata),
    404: json("There is no such model", OipError),
  },
});

const ready = createRoute({
  method: "get",
  path: "/v2/models/{name}/ready",
  tags: ["infer"],
  summary: "Whether a model can be asked",
  request: { params },
  responses: {
    200: json("It is ready", z.object({ name: z.string(), ready: z.boolean() })),
    404: json("There is no such model", OipError),
  },
});

/** Adds the routes of server and model metadata, and of health and readiness. */
export function serveModels(app: App): void {
  app.openapi(server, (c) => c.json(SERVER, 200));
  app.openapi(health("/v2/health/live", "live"), (c) => c.json({ live: true }, 200));
  app.openapi(health("/v2/health/ready", "ready"), (c) => c.json({ ready: true }, 200));
  app.openapi(metadata, (c) => c.json(metadataOf(c.req.valid("param").name), 200));
  app.get(
    "/v2/models/:name/versions/:version",
    (c) => c.json(metadataOf(c.req.param("name"), c.req.param("version"))),
  );
  app.openapi(ready, (c) => {
    const { name } = modelOf(c.req.valid("param").name);
    return c.json({ name, ready: true }, 200);
  });
  app.get("/v2/models/:name/versions/:version/ready", (c) => {
    const { name } = modelOf(c.req.param("name"), c.req.param("version"));
    return c.json({ name, ready: true });
  });
}

function metadataOf(name: string, version?: string) {
  const spec = modelOf(name, version);
  return {
    name: spec.name,
    versions: [spec.version],
    platform: spec.platform,
    inputs: spec.inputs,
    outputs: spec.outputs,
  };
}
