/**
 * `/v1/tenants/{tenant}/limits`: what an admin lets a tenant use; `/v1/limits`: what the tenant sees.
 * The ledger keeps the limits; the tenant's object keeps what is left of them. A tenant without limits has
 * no object, and none is made here.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { TenantId, tenantQuery } from "../../contract/account.ts";
import { LimitsJson, NewLimits } from "../../contract/limits.ts";
import { ADMIN, json, OF_TENANT, problems, READER } from "../../contract/responses.ts";
import type { Balance } from "../../durable-objects/tenant/budget-book.ts";
import { tenantObject } from "../../durable-objects/names.ts";
import { readLimits, writeLimits } from "../../ledger/limits.ts";
import type { Limits as LimitsSet } from "../../mesh/billing/lease.ts";
import { authenticateAdmin, authenticateReader } from "../middleware/auth.ts";
import type { App } from "../context.ts";
import { noTenant } from "../params/tenant.ts";
import type { Services } from "../services.ts";
import { limitedJson } from "../middleware/body.ts";
import { invalidateAllCaches } from "../backends/invalidate-caches.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { withObject } from "../backends/with-object.ts";
import { tenantToRead } from "./tenant-to-read.ts";

const params = z.object({ tenant: TenantId });
const PATH = "/v1/tenants/{tenant}/limits";

const read = createRoute({
  method: "get",
  path: PATH,
  operationId: "readTenantLimits",
  tags: ["meter"],
  summary: "A tenant's budget and rate, and what is left",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params },
  responses: {
    200: json("The limits", LimitsJson),
    ...problems(...OF_TENANT, "budget_unavailable"),
  },
});

const set = createRoute({
  method: "put",
  path: PATH,
  operationId: "setTenantLimits",
  tags: ["meter"],
  summary: "Set a tenant's budget and rate; effective everywhere within 10 s",
  security: ADMIN,
  middleware: [authenticateAdmin, limitedJson] as const,
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: NewLimits } } },
  },
  responses: {
    200: json("The limits", LimitsJson),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "not_found",
      "ledger_unavailable",
      "budget_unavailable",
      "gatekeeper_unavailable",
    ),
  },
});

const own = createRoute({
  method: "get",
  path: "/v1/limits",
  operationId: "readLimits",
  tags: ["meter"],
  summary: "The caller's own budget and rate, and what is left",
  security: READER,
  middleware: authenticateReader,
  request: { query: z.object(tenantQuery) },
  responses: {
    200: json("The limits", LimitsJson),
    ...problems(...OF_TENANT, "budget_unavailable"),
  },
});

/** Adds the routes that show and set a tenant's limits. */
export function serveLimits(app: App): void {
  app.openapi(
    read,
    async (c) => c.json(await limitsOf(c.var.services, c.req.valid("param").tenant), 200),
  );
  app.openapi(own, async (c) => {
    const { services } = c.var;
    const tenant = await tenantToRead(services, c.req.valid("query").tenant);
    return c.json(await limitsOf(services, tenant), 200);
  });
  app.openapi(set, async (c) => {
    const { services } = c.var;
    const { tenant } = c.req.valid("param");
    const limits = c.req.valid("json");
    const before = await withLedger(services, (ledger) => readLimits(ledger, tenant));
    if (!before || !await withLedger(services, (ledger) => writeLimits(ledger, tenant, limits))) {
      throw noTenant(tenant);
    }
    await invalidateAllCaches(services, (cache) => cache.forget("tenant_id", tenant));
    if (isNone(before) && isNone(limits)) return c.json(toWire(limits, null), 200);
    // The object reads the limits from the ledger itself, so that of two changes at once it ends up
    // with the one that the ledger has.
    const balance = await withObject(
      services,
      "budget",
      () => tenantObject(services.env, tenant).renew(tenant),
    );
    return c.json(toWire(limits, balance), 200);
  });
}

async function limitsOf(
  services: Services,
  tenant: string,
): Promise<z.infer<typeof LimitsJson>> {
  const limits = await withLedger(services, (ledger) => readLimits(ledger, tenant));
  if (!limits) throw noTenant(tenant);
  if (limits.budget_microcredits === null) return toWire(limits, null);
  return toWire(
    limits,
    await withObject(services, "budget", () => tenantObject(services.env, tenant).balance(tenant)),
  );
}

const isNone = (limits: LimitsSet): boolean =>
  limits.budget_microcredits === null && limits.requests_per_minute === null;

function toWire(limits: LimitsSet, balance: Balance | null): z.infer<typeof LimitsJson> {
  const budgeted = limits.budget_microcredits !== null && balance !== null;
  return {
    ...limits,
    spent_microcredits: budgeted ? balance.spent : null,
    leased_microcredits: budgeted ? balance.leased : null,
    available_microcredits: budgeted ? balance.available : null,
  };
}
