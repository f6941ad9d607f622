/**
 * `POST /v2/models/{name}/infer`: tensors in, tensors out (Open Inference Protocol v2), as JSON or as bytes
 * behind it.
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
import { compressAnswer } from "./compressed-answer.ts";
import { countInference, type InferenceSteps } from "./inference-counts.ts";
import { bodyBytesMax, readInference } from "./read-inference.ts";
import { modelOf } from "../models/model-of.ts";
import { think } from "./think.ts";
import { describeVersioned } from "./versioned.ts";
import { wantedOutputs } from "./wanted-outputs.ts";

const BYTES = z.string().openapi({
  format: "binary",
  description: "The same JSON, and behind it the tensors that are binary",
});

const inferRoute = postRoute({
  asks: { scope: "infer" },
  bytesMaxOf: async ({ name, version }, services) =>
    bodyBytesMax(await modelOf(services, name, version)),
  path: "/v2/models/{name}/infer",
  operationId: "infer",
  tags: ["infer"],
  summary: "Run a model on the nearest available node",
  request: {
    params: z.object({ name: z.string().openapi({ example: "drive-rss" }) }),
    headers: z.object({
      "Perigee-Emulate": z.literal("latency").optional().openapi({
        description: "The answer arrives when the modelled physics lets it, on the mesh clock",
      }),
      "Inference-Header-Content-Length": z.string().optional().openapi({
        description: "Bytes of the JSON, where tensors follow it as bytes",
      }),
      "Content-Encoding": z.enum(["gzip", "deflate"]).optional(),
      "Accept-Encoding": z.string().optional().openapi({
        description:
          "An answer is compressed where this names gzip; a large one, where it names no other",
      }),
    }),
    body: {
      required: true,
      content: {
        "application/json": { schema: InferRequest },
        "application/octet-stream": { schema: BYTES },
      },
    },
  },
  responses: {
    200: {
      description: "The outputs, and in `parameters` where and how they were made",
      content: {
        "application/json": { schema: InferResponse },
        "application/octet-stream": { schema: BYTES },
      },
    },
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
    const services = c.get("services");
    const spec = await modelOf(services, c.req.param("name") ?? "", c.req.param("version"));
    const { reply, answer } = await countInference(
      services,
      spec,
      (steps) => infer(c, spec, steps),
    );
    return c.body(reply.body, 200, { ...reply.headers, ...answerHeaders(answer) });
  };
  const versioned = path.replace("/infer", "/versions/:version/infer");
  for (const each of [path, versioned]) app.use(each, compressAnswer);
  describeVersioned(app, inferRoute);
  servePlainPost(app, inferRoute, { paths: [path, versioned], handle });
}

async function infer(c: Ctx, spec: ModelSpec, steps: InferenceSteps) {
  const services = c.get("services");
  const { body, inputs, bytes } = await readInference(c.req.raw, spec, services.room);
  steps.read(spec.batch === null ? 1 : inputs[0].shape[0]);
  const wanted = wantedOutputs(spec, body);
  const answer = await think(services, {
    spec,
    inputs,
    bytes_up: bytes,
    origin: originOf(services, namedOrigin(body)),
    deadline_ms: body.parameters?.deadline_ms ?? null,
    class: body.parameters?.class ?? "interactive",
    policy: parsePolicy(body.parameters?.policy),
    objective: body.parameters?.objective,
  });
  steps.ran(answer.measured.engine_ms);
  const fields = {
    model_name: spec.name,
    model_version: spec.version,
    ...(typeof body.id === "string" && { id: body.id }),
    parameters: answerParameters(answer),
  };
  const outputs = wanted.map(({ name, is_binary }) => ({
    tensor: answer.outputs.find((output) => output.name === name)!,
    is_binary,
  }));
  return { answer, reply: answerBody(fields, outputs, services) };
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
