/**
 * `POST /v2/repository/index`: which models there are, in Triton's form. Loading and unloading is the mesh's
 * own business, and no caller's.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { OipError, RepositoryIndex, RepositoryIndexRequest } from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json } from "../../contract/responses.ts";
import type { App, Ctx } from "../context.ts";
import { postRoute, servePlainPost } from "../idempotency/post-route.ts";
import { readJsonText, SMALL_BYTES_MAX } from "../middleware/body.ts";
import { invalid } from "../params/invalid.ts";
import { listedModels } from "./listed-models.ts";
import { readinessOf } from "./readiness.ts";

const index = postRoute({
  asks: { scope: "infer" },
  path: "/v2/repository/index",
  operationId: "indexRepository",
  tags: ["infer"],
  summary: "Which models there are, and whether they can be asked",
  request: {
    body: { required: false, content: { "application/json": { schema: RepositoryIndexRequest } } },
  },
  responses: {
    200: json("A row for each version of a model", RepositoryIndex),
    401: json("A valid API key is needed", OipError),
    403: json("The key lacks the scope", OipError),
  },
});

/** The handler reads the body itself, as Triton's client sends none. */
export function serveRepository(app: App): void {
  const handle = async (c: Ctx) => {
    const { ready } = await filterOf(c);
    const readiness = await readinessOf(c.var.services);
    const state = readiness.ready
      ? { state: "READY" as const, reason: "" }
      : { state: "UNAVAILABLE" as const, reason: readiness.error };
    const models = await listedModels(c.var.services);
    const rows = models.map((model) => ({ ...model, ...state }));
    const given: z.infer<typeof RepositoryIndex> = ready && !readiness.ready ? [] : rows;
    return c.json(given, 200);
  };
  servePlainPost(app, index, { paths: [index.getRoutingPath()], handle });
}

async function filterOf(c: Ctx): Promise<z.infer<typeof RepositoryIndexRequest>> {
  const text = await readJsonText(c.req.raw, SMALL_BYTES_MAX, c.var.services.room, "{}");
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    const detail = `The body is not JSON: ${(error as Error).message}`;
    throw new ProblemError("malformed_json", detail);
  }
  const parsed = RepositoryIndexRequest.safeParse(fields);
  if (!parsed.success) throw invalid(parsed.error.issues);
  return parsed.data;
}
