/**
 * `GET /v1/receipts`: a tenant's receipts in the order of their arrival at the ledger, as a list or as
 * files. A reader that goes on from a cursor misses none, however late a receipt arrived.
 * Events are read here and sent nowhere: the mesh fetches no address that a caller chose.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { spanQuery } from "../../contract/instant.ts";
import { ReceiptJson } from "../../contract/money.ts";
import { json, OF_TENANT, page, PageQuery, problems, READER } from "../../contract/responses.ts";
import { readReceipts, type RecordedReceipt } from "../../ledger/receipts.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { badCursor, nextLink } from "../params/cursor.ts";
import { invalidField } from "../params/invalid.ts";
import type { App } from "../context.ts";
import { spanOf } from "../params/span.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { tenantToRead } from "./tenant-to-read.ts";
import { FORMATS, MEDIA_TYPES, WRITERS } from "./receipt-formats.ts";

const ReceiptsQuery = PageQuery.extend({
  ...spanQuery,
  ...tenantQuery,
  invoice: z.string().max(64).optional().openapi({ description: "Only those on this invoice" }),
  format: z.enum(FORMATS).default("json"),
});

const definition = createRoute({
  method: "get",
  path: "/v1/receipts",
  operationId: "listReceipts",
  tags: ["meter"],
  summary: "Receipts, in the order of their arrival at the ledger",
  security: READER,
  middleware: authenticateReader,
  request: { query: ReceiptsQuery },
  responses: {
    200: {
      description:
        "A page. `Perigee-Cursor` goes on after it, now or when there are more; a `Link` " +
        "to the next page is there while there is one",
      content: {
        ...json("", page(ReceiptJson)).content,
        "text/csv": { schema: z.string() },
        "application/jsonl": { schema: z.string() },
        "application/cloudevents-batch+json": { schema: z.array(z.object({}).loose()) },
      },
    },
    ...problems(...OF_TENANT),
  },
});

/** Adds the route. */
export function serveReceipts(app: App): void {
  app.openapi(definition, async (c) => {
    const { tenant, format, limit, cursor, invoice, ...span } = c.req.valid("query");
    const after = afterOf(cursor);
    const tenant_id = await tenantToRead(c.var.services, tenant);
    const found = await withLedger(c.var.services, (ledger) =>
      readReceipts(ledger, {
        tenant_id,
        limit,
        after,
        ...spanOf(span),
        invoice_id: invoice,
      }));
    if (!found.ok) throw badCursor();
    const receipts = found.receipts.map(toWire);
    const next = found.last === null ? START : `${AFTER}${found.last}`;
    c.header("Perigee-Cursor", next);
    if (found.more) c.header("Link", nextLink(c.req.url, next));
    if (format === "json") return c.json({ data: receipts, next: found.more ? next : null }, 200);
    const file = WRITERS[format](receipts, tenant_id);
    return c.body(file, 200, { "Content-Type": MEDIA_TYPES[format] }) as never;
  });
}

// A cursor names the reader's own last receipt. A row's number would count all tenants' receipts.
const AFTER = "r.";
const START = "r0";
// In release 0.1 a cursor was the number of a row. Such a cursor is refused now: by trying numbers a
// tenant could still count the receipts of all.
const NUMBERED = /^r[0-9a-z]{1,11}$/;

/** The id to go on after; null: from the first. */
function afterOf(cursor: string | undefined): string | null {
  if (cursor === undefined || cursor === START) return null;
  if (cursor.startsWith(AFTER)) return cursor.slice(AFTER.length);
  if (!NUMBERED.test(cursor)) throw badCursor();
  throw invalidField(
    "cursor",
    "is of an earlier release: begin without one, and know by their ids the receipts that you have",
  );
}

function toWire(row: RecordedReceipt): ReceiptJson {
  return {
    id: row.id,
    executed_at: new Date(row.executed_at_ms).toISOString(),
    recorded_at: new Date(row.recorded_at_ms).toISOString(),
    key: row.key_id,
    node: row.node,
    region: row.region,
    model: row.model,
    model_version: row.model_version,
    class: row.class,
    operations: row.operations,
    energy_mj: row.energy_mj,
    npu_us: row.npu_us,
    bytes_up: row.bytes_up,
    bytes_down: row.bytes_down,
    price_list: row.price_list,
    charge_microcredits: row.charge_microcredits,
    waived_microcredits: row.waived_microcredits,
    invoice: row.invoice_id,
    prompt_tokens: row.prompt_tokens,
    completion_tokens: row.completion_tokens,
    per_mega_prompt_token: row.per_mega_prompt_token,
    per_mega_completion_token: row.per_mega_completion_token,
  };
}
