/**
 * `/v1/tenants`: an admin makes and lists tenants.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { NewTenantJson, TenantJson } from "../../contract/account.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, page, PageQuery, problems } from "../../contract/responses.ts";
import { insertTenant, listTenants } from "../../ledger/tenants.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { badCursor } from "../params/cursor.ts";
import type { App } from "../context.ts";
import { limitedJson } from "../middleware/body.ts";
import { withLedger } from "../backends/with-ledger.ts";

const make = postRoute({
  asks: "admin",
  path: "/v1/tenants",
  operationId: "createTenant",
  tags: ["meter"],
  summary: "Make a tenant",
  middleware: limitedJson,
  request: { body: { required: true, content: { "application/json": { schema: NewTenantJson } } } },
  responses: {
    201: json("The tenant", TenantJson),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "conflict",
      "ledger_unavailable",
    ),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/tenants",
  operationId: "listTenants",
  tags: ["meter"],
  summary: "All tenants, newest first",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { query: PageQuery },
  responses: {
    200: json("A page of tenants", page(TenantJson)),
    ...problems("invalid_request", "unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

/** Adds the routes that make a tenant and list all. */
export function serveTenants(app: App): void {
  app.openapi(make, async (c) => {
    const { id, name } = c.req.valid("json");
    const tenant = { id, name, created_at_ms: Date.now() };
    if (!await withLedger(c.var.services, (ledger) => insertTenant(ledger, tenant))) {
      throw new ProblemError("conflict", `There is a tenant "${id}" already`);
    }
    return c.json(toWire(tenant), 201);
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid("query");
    const found = await withLedger(c.var.services, (ledger) => listTenants(ledger, query));
    if (!found.ok) throw badCursor();
    return c.json({ data: found.data.map(toWire), next: found.next }, 200);
  });
}

function toWire(
  row: { id: string; name: string; created_at_ms: number },
): z.infer<typeof TenantJson> {
  return { id: row.id, name: row.name, created_at: new Date(row.created_at_ms).toISOString() };
}
