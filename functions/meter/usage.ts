/**
 * `GET /v1/usage`: what a tenant's executions used and cost, as exact sums of receipts.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { UsageJson, UsageQuery } from "../../contract/money.ts";
import { json, OF_TENANT, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { stringifyExact } from "../../contract/exact-json.ts";
import { usage, type UsageRow } from "../../ledger/usage.ts";
import { meshNow } from "../../mesh/clock.ts";
import { authenticateReader } from "../middleware/auth.ts";
import type { App } from "../context.ts";
import { spanOf } from "../params/span.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { tenantToRead } from "./tenant-to-read.ts";

// The span of a caller who names none: the last 30 days.
const DEFAULT_SPAN_MS = 30 * 86_400_000;

const definition = createRoute({
  method: "get",
  path: "/v1/usage",
  operationId: "readUsage",
  tags: ["meter"],
  summary: "What was used, as sums of receipts",
  security: READER,
  middleware: authenticateReader,
  request: {
    query: UsageQuery.extend(tenantQuery),
  },
  responses: {
    200: json("Sums over the span, and by group where asked for", UsageJson),
    ...problems(...OF_TENANT),
  },
});

/** Adds the route. */
export function serveUsage(app: App): void {
  app.openapi(definition, async (c) => {
    const { tenant, from, to, group_by } = c.req.valid("query");
    const tenant_id = await tenantToRead(c.var.services, tenant);
    const now = Math.ceil(meshNow(settingsOf(c.var.services.env).clock, Date.now()));
    const { to_ms = now + 1, from_ms = to_ms - DEFAULT_SPAN_MS } = spanOf({ from, to });
    const span = { tenant_id, from_ms, to_ms };
    const { total, groups } = await withLedger(c.var.services, async (ledger) => ({
      total: (await usage(ledger, span))[0],
      groups: group_by && await usage(ledger, { ...span, group_by }),
    }));
    const body = stringifyExact({
      from: new Date(from_ms).toISOString(),
      to: new Date(to_ms).toISOString(),
      total: quantities(total),
      ...(groups && {
        groups: groups.map((row) => ({ group: groupName(row), ...quantities(row) })),
      }),
    });
    return c.body(body, 200, { "Content-Type": "application/json" }) as never;
  });
}

function quantities({ group: _, ...sums }: UsageRow) {
  return sums;
}

function groupName({ group }: UsageRow): string {
  return typeof group === "number" ? new Date(group).toISOString() : group ?? "";
}
