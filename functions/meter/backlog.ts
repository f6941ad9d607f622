/**
 * `/v1/backlog`: what waits between the nodes and the ledger, and what the ledger refuses. A
 * request asks every collector, and wakes no node.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { BacklogJson, PoisonRow } from "../../contract/backlog.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, page, PageQuery, problems } from "../../contract/responses.ts";
import { allCollectors } from "../../durable-objects/names.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { badCursor } from "../params/cursor.ts";
import type { App } from "../context.ts";
import type { Services } from "../services.ts";
import { timeOrNull } from "../params/instant.ts";
import { withObject } from "../backends/with-object.ts";
import { readPoison } from "./poison-page.ts";

const show = createRoute({
  method: "get",
  path: "/v1/backlog",
  operationId: "readBacklog",
  tags: ["meter"],
  summary: "What waits between the nodes and the ledger",
  security: ADMIN,
  middleware: authenticateAdmin,
  responses: {
    200: json("By collector, and in all", BacklogJson),
    ...problems("unauthenticated", "forbidden", "collector_unavailable"),
  },
});

const poison = createRoute({
  method: "get",
  path: "/v1/backlog/poison",
  operationId: "listPoison",
  tags: ["meter"],
  summary: "Executions that the ledger refuses, by id",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { query: PageQuery },
  responses: {
    200: json("A page of so many executions, each with the reason", page(PoisonRow)),
    ...problems("invalid_request", "unauthenticated", "forbidden", "collector_unavailable"),
  },
});

const retry = postRoute({
  asks: "admin",
  path: "/v1/backlog/poison/{id}/retry",
  operationId: "retryPoison",
  tags: ["meter"],
  summary: "Offer a refused execution to the ledger once more",
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: {
    202: { description: "It waits for the ledger again" },
    ...problems("unauthenticated", "forbidden", "not_found", "collector_unavailable"),
  },
});

/** Adds the routes that show the backlog and what is set aside, and that retry one execution. */
export function serveBacklog(app: App): void {
  app.openapi(show, async (c) => {
    const collectors = await ofEach(c.var.services, async ({ name, region, collector }) => {
      const { waiting, since_ms, poison, failures } = await collector.backlog();
      return { name, region, waiting, since_ms, poison, failures };
    });
    const oldest = Math.min(...collectors.map(({ since_ms }) => since_ms ?? Infinity));
    const sum = (of: "waiting" | "poison") => collectors.reduce((n, one) => n + one[of], 0);
    const total = {
      waiting: sum("waiting"),
      since: timeOrNull(Number.isFinite(oldest) ? oldest : null),
      poison: sum("poison"),
      failures: Math.max(...collectors.map(({ failures }) => failures)),
    };
    const shown = collectors.map(({ since_ms, ...rest }) => ({
      ...rest,
      since: timeOrNull(since_ms),
    }));
    return c.json({ total, collectors: shown }, 200);
  });
  app.openapi(poison, async (c) => {
    const { services } = c.var;
    const { limit, cursor } = c.req.valid("query");
    const after = afterOf(cursor);
    const { rows, next } = await withObject(
      services,
      "collector",
      () => readPoison(allCollectors(services.env), { after, limit }),
    );
    const data = rows.map(({ set_aside_ms, ...row }) => ({
      ...row,
      set_aside_at: new Date(set_aside_ms).toISOString(),
    }));
    return c.json({ data, next }, 200);
  });
  app.openapi(retry, async (c) => {
    const { id } = c.req.valid("param");
    const found = await ofEach(c.var.services, ({ collector }) => collector.retry(id));
    if (!found.includes(true)) {
      throw new ProblemError("not_found", "No execution of this id is set aside");
    }
    return c.body(null, 202);
  });
}

/**
 * The id to go on after; empty, which comes before every id, for the first page.
 * @throws ProblemError `invalid_request` for a cursor that cannot be an id
 */
function afterOf(cursor: string | undefined): string {
  if (cursor === undefined) return "";
  if (!/^[0-9A-Za-z-]{8,64}$/.test(cursor)) throw badCursor();
  return cursor;
}

/**
 * Asks each collector. If one does not answer there is no total to give: the request fails.
 * @throws ProblemError `collector_unavailable`
 */
function ofEach<T>(
  services: Services,
  ask: (one: ReturnType<typeof allCollectors>[number]) => PromiseLike<T>,
): Promise<T[]> {
  return withObject(services, "collector", () => Promise.all(allCollectors(services.env).map(ask)));
}
