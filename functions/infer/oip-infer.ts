/**
 * `POST /v2/models/{name}/infer`: tensors in, tensors out (Open Inference Protocol v2, JSON).
 * @module
 */
import { z } from "@hono/zod-openapi";
import { InferRequest, InferResponse, OipError } from "../../contract/oip.ts";
import type { Origin } from "../../contract/origin.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json } from "../../contract/responses.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { postRoute, servePlainPost } from "../idempotency/post-route.ts";
import type { App, Ctx } from "../context.ts";
import { originOf } from "../params/origin.ts";
import { parsePolicy } from "../params/policy.ts";
import { answerBody } from "./answer-body.ts";
import { answerHeaders, answerParameters } from "./answer.ts";
import { bodyBytesMax, readInference } from "./read-inference.ts";
import { modelOf } from "../models/model-of.ts";
import { think } from "./think.ts";

const inferRoute = postRoute({
  asks: { scope: "infer" },
  bytesMaxOf: async ({ name, version }, services) =>
    bodyBytesMax(await modelOf(services, name, version)),
  path: "/v2/models/{name}/infer",
  tags: ["infer"],
  summary: "Run a model on the nearest available node",
  request: {
    params: z.object({ name: z.string().openapi({ example: "scene-indices" }) }),
    headers: z.object({
      "Perigee-Emulate": z.literal("latency").optional().openapi({
        description: "The answer arrives when the modelled physics lets it, on the mesh clock",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: InferRequest } } },
  },
  responses: {
    200: json("The outputs, and in `parameters` where and how they were made", InferResponse),
    400: json("The request is not valid", OipError),
    401: json("A valid API key is needed", OipError),
    403: json("The key lacks the scope", OipError),
    402: json("The tenant's budget is used up", OipError),
    404: json("There is no such model", OipError),
    413: json("The body is too large", OipError),
    415: json("The content type is not taken", OipError),
    422: json("No node can answer in time", OipError),
    429: json("More requests than the tenant's rate allows", OipError),
    503: json("No node can serve now", OipError),
  },
});

/** The handler reads the body, not the router's validator: its tensors go straight into their arrays. */
export function serveInfer(app: App): void {
  const path = inferRoute.getRoutingPath();
  const handle = async (c: Ctx) => {
    const { services } = c.var;
    const spec = await modelOf(services, c.req.param("name") ?? "", c.req.param("version"));
    const { body, inputs, bytes } = await readInference(c.req.raw, spec, services.room);
    const wanted = wantedOutputs(spec, body);
    const answer = await think(services, {
      spec,
      inputs,
      bytes_up: bytes,
      origin: originOf(services, namedOrigin(body)),
      deadline_ms: body.parameters?.deadline_ms ?? null,
      class: body.parameters?.class ?? "interactive",
      policy: parsePolicy(body.parameters?.policy),
    });
    const fields = {
      model_name: spec.name,
      model_version: spec.version,
      ...(body.id !== undefined && { id: body.id }),
      parameters: answerParameters(answer),
    };
    const outputs = answer.outputs.filter((output) => wanted.has(output.name));
    const reply = answerBody(fields, outputs, services);
    return c.body(reply, 200, { "Content-Type": "application/json", ...answerHeaders(answer) });
  };
  const versioned = path.replace("/infer", "/versions/:version/infer");
  servePlainPost(app, inferRoute, { paths: [path, versioned], handle });
}

function namedOrigin({ parameters }: InferRequest): Origin | undefined {
  const { origin_lat: lat, origin_lon: lon, origin_alt_m = 0, origin_node } = parameters ?? {};
  const ground = lat !== undefined && lon !== undefined;
  if ((lat !== undefined) !== (lon !== undefined)) {
    throw new ProblemError("invalid_request", "origin_lat and origin_lon must be given together", {
      final: true,
    });
  }
  if (origin_node !== undefined && ground) {
    throw new ProblemError("invalid_request", "The origin is a place or a node, not both", {
      final: true,
    });
  }
  if (origin_node !== undefined) return { node: origin_node };
  return ground ? { lat, lon, alt_m: origin_alt_m } : undefined;
}

function wantedOutputs(spec: ModelSpec, { outputs }: InferRequest): Set<string> {
  const known = new Set(spec.outputs.map((output) => output.name));
  if (!outputs || outputs.length === 0) return known;
  for (const { name } of outputs) {
    if (!known.has(name)) {
      throw new ProblemError(
        "invalid_request",
        `Model "${spec.name}" has no output "${name}": it gives ${[...known].join(", ")}`,
        { final: true },
      );
    }
  }
  return new Set(outputs.map((output) => output.name));
}
