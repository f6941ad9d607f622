/**
 * Invoices: an admin issues one for a month that is over, its tenant reads it. What it charges is the
 * exact sum of the receipts that name it: `GET /v1/receipts?invoice=<id>` gives every one of them.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { TenantId, tenantQuery } from "../../contract/account.ts";
import { Invoice, InvoiceWithLines, NewInvoice } from "../../contract/money.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, OF_TENANT, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { stringifyExact } from "../../contract/exact-json.ts";
import {
  findInvoice,
  type InvoiceLine,
  type InvoiceRow,
  issueInvoice,
  listInvoices,
} from "../../ledger/invoices.ts";
import { meshNow } from "../../mesh/clock.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { invalidField } from "../params/invalid.ts";
import { noTenant, tenantOf } from "../params/tenant.ts";
import type { App } from "../context.ts";
import { limitedJson } from "../middleware/body.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { tenantToRead } from "./tenant-to-read.ts";

const issue = postRoute({
  asks: "admin",
  path: "/v1/tenants/{tenant}/invoices",
  operationId: "issueInvoice",
  tags: ["meter"],
  summary: "Issue a month's invoice, over all receipts until its end that no invoice has yet",
  middleware: limitedJson,
  request: {
    params: z.object({ tenant: TenantId }),
    body: { required: true, content: { "application/json": { schema: NewInvoice } } },
  },
  responses: {
    201: json("The invoice", InvoiceWithLines),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "not_found",
      "conflict",
      "ledger_unavailable",
    ),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/invoices",
  operationId: "listInvoices",
  tags: ["meter"],
  summary: "A tenant's invoices, the latest period first",
  security: READER,
  middleware: authenticateReader,
  request: { query: z.object(tenantQuery) },
  responses: {
    200: json("All of them", z.object({ data: z.array(Invoice), next: z.null() })),
    ...problems(...OF_TENANT),
  },
});

const one = createRoute({
  method: "get",
  path: "/v1/invoices/{id}",
  operationId: "readInvoice",
  tags: ["meter"],
  summary: "An invoice, by model and price list",
  security: READER,
  middleware: authenticateReader,
  request: { params: z.object({ id: z.string().max(64) }), query: z.object(tenantQuery) },
  responses: {
    200: json("The invoice", InvoiceWithLines),
    ...problems(...OF_TENANT),
  },
});

/** Adds the routes that issue, list and show invoices. */
export function serveInvoices(app: App): void {
  app.openapi(issue, async (c) => {
    const { tenant } = c.req.valid("param");
    const { period } = c.req.valid("json");
    const until_ms = endOf(period);
    if (until_ms > meshNow(settingsOf(c.var.services.env).clock, Date.now())) {
      throw invalidField("period", `is not over before ${new Date(until_ms).toISOString()}`, {
        final: false,
      });
    }
    const row = { id: crypto.randomUUID(), tenant_id: tenant, period, issued_at_ms: Date.now() };
    const found = await withLedger(c.var.services, async (ledger) => {
      const issued = await issueInvoice(ledger, row, until_ms);
      if (issued.ok) return await findInvoice(ledger, row);
      throw issued.refusal === "issued"
        ? new ProblemError("conflict", `Tenant "${tenant}" has an invoice for ${period} already`)
        : noTenant(tenant);
    });
    return c.body(withLines(found!), 201, { "Content-Type": "application/json" }) as never;
  });
  app.openapi(list, async (c) => {
    const tenant_id = await tenantToRead(c.var.services, c.req.valid("query").tenant);
    const rows = await withLedger(c.var.services, (ledger) => listInvoices(ledger, tenant_id));
    return c.json({ data: rows.map(toWire), next: null }, 200);
  });
  app.openapi(one, async (c) => {
    const tenant_id = tenantOf(c.var.services, c.req.valid("query").tenant);
    const { id } = c.req.valid("param");
    const found = await withLedger(
      c.var.services,
      (ledger) => findInvoice(ledger, { tenant_id, id }),
    );
    if (!found) throw new ProblemError("not_found", "There is no such invoice");
    return c.body(withLines(found), 200, { "Content-Type": "application/json" }) as never;
  });
}

/**
 * The first instant after a month, UTC, ms since 1970.
 * @param period such as 2026-11
 */
function endOf(period: string): number {
  const [year, month] = period.split("-").map(Number);
  return Date.UTC(year, month);
}

const toWire = ({ id, tenant_id, period, issued_at_ms }: InvoiceRow): z.infer<typeof Invoice> => ({
  id,
  tenant: tenant_id,
  period,
  issued_at: new Date(issued_at_ms).toISOString(),
});

/** JSON, written by hand as the sums may pass 2^53. */
function withLines({ invoice, lines }: { invoice: InvoiceRow; lines: InvoiceLine[] }): string {
  const total = {
    executions: lines.reduce((sum, { executions }) => sum + executions, 0),
    operations: sumOf(lines, "operations"),
    energy_mj: sumOf(lines, "energy_mj"),
    npu_us: sumOf(lines, "npu_us"),
    bytes_up: sumOf(lines, "bytes_up"),
    bytes_down: sumOf(lines, "bytes_down"),
    prompt_tokens: sumOf(lines, "prompt_tokens"),
    completion_tokens: sumOf(lines, "completion_tokens"),
    charge_microcredits: sumOf(lines, "charge_microcredits"),
  };
  return stringifyExact({ ...toWire(invoice), lines, total });
}

const sumOf = (
  lines: InvoiceLine[],
  quantity: Exclude<keyof InvoiceLine, "executions" | "model" | "price_list">,
): bigint => lines.reduce((sum, line) => sum + line[quantity], 0n);
