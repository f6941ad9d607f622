/**
 * The protocol's statistics extension: `GET /v2/models/{name}/stats`, in Triton's form.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ModelStatistics, OipError } from "../../contract/oip.ts";
import { json, KEY } from "../../contract/responses.ts";
import type { App } from "../context.ts";
import { authenticate } from "../middleware/auth.ts";
import { modelOf } from "../models/model-of.ts";
import type { Services } from "../services.ts";
import { type ListedModel, listedModels } from "./listed-models.ts";
import { describeVersioned } from "./versioned.ts";
import { inferenceCounts, type Measured } from "./inference-counts.ts";

const responses = {
  200: json("What was counted of the caller's inferences", ModelStatistics),
  401: json("A valid API key is needed", OipError),
  403: json("The key lacks the scope", OipError),
  404: json("There is no such model", OipError),
};

const middleware = authenticate("infer");

const all = createRoute({
  method: "get",
  path: "/v2/models/stats",
  operationId: "listModelStatistics",
  tags: ["infer"],
  summary: "What was counted of every model",
  security: KEY,
  middleware: [middleware],
  responses,
});

const one = createRoute({
  method: "get",
  path: "/v2/models/{name}/stats",
  operationId: "readModelStatistics",
  tags: ["infer"],
  summary: "What was counted of a model",
  security: KEY,
  middleware: [middleware],
  request: { params: z.object({ name: z.string() }) },
  responses,
});

/** Adds the routes of statistics; before those of metadata, which would take `stats` for a model's name. */
export function serveStatistics(app: App): void {
  app.openapi(all, async (c) => {
    const { services } = c.var;
    return c.json(statistics(services, await listedModels(services)), 200);
  });
  app.openapi(one, async (c) => {
    const { name } = c.req.valid("param");
    return c.json(statistics(c.var.services, [await modelOf(c.var.services, name)]), 200);
  });
  describeVersioned(app, one);
  app.get("/v2/models/:name/versions/:version/stats", middleware, async (c) => {
    const { name, version } = c.req.param();
    const spec = await modelOf(c.var.services, name, version);
    return c.json(statistics(c.var.services, [spec]), 200);
  });
}

function statistics(services: Services, models: readonly ListedModel[]): ModelStatistics {
  const model_stats = models.map((model) => {
    const { counts, since_ms } = inferenceCounts(services, model);
    const { count } = counts.success;
    return {
      name: model.name,
      version: model.version,
      last_inference: counts.last_ms,
      inference_count: counts.items,
      execution_count: count,
      inference_stats: {
        success: nanoseconds(counts.success),
        fail: nanoseconds(counts.fail),
        queue: nanoseconds({ count, ms: counts.queue_ms }),
        compute_input: nanoseconds({ count, ms: counts.input_ms }),
        compute_infer: nanoseconds({ count, ms: counts.infer_ms }),
        compute_output: nanoseconds({ count, ms: counts.output_ms }),
        cache_hit: NOTHING,
        cache_miss: NOTHING,
      },
      response_stats: {},
      batch_stats: [],
      memory_usage: [],
      counted_since: new Date(since_ms).toISOString(),
    };
  });
  return { model_stats };
}

// The mesh has no cache of answers: an Idempotency-Key's are no inferences.
const NOTHING = { count: 0, ns: 0 };

const nanoseconds = ({ count, ms }: Measured) => ({ count, ns: Math.round(ms * 1e6) });
