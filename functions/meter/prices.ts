/**
 * `/v1/prices`: what executions cost, and from which instant on. Lists are added and never changed.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { NewPrices, PricesJson } from "../../contract/money.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { insertPrices, listPrices } from "../../ledger/prices.ts";
import { meshNow } from "../../mesh/clock.ts";
import { LAUNCH_PRICES, type PriceList } from "../../mesh/billing/receipt.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { invalidField } from "../params/invalid.ts";
import type { App } from "../context.ts";
import { NOTICE_MS } from "../billing/price-lists.ts";
import { limitedJson } from "../middleware/body.ts";
import { invalidateCaches } from "../backends/invalidate-caches.ts";
import { withLedger } from "../backends/with-ledger.ts";

const list = createRoute({
  method: "get",
  path: "/v1/prices",
  operationId: "listPrices",
  tags: ["meter"],
  summary: "All price lists, the oldest first",
  security: READER,
  middleware: authenticateReader,
  responses: {
    200: json(
      "Each holds from its instant until the next one's",
      z.object({
        data: z.array(PricesJson),
        next: z.null(),
      }),
    ),
    ...problems("unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

const add = postRoute({
  asks: "admin",
  path: "/v1/prices",
  operationId: "addPrices",
  tags: ["meter"],
  summary: "Add a price list",
  middleware: limitedJson,
  request: { body: { required: true, content: { "application/json": { schema: NewPrices } } } },
  responses: {
    201: json("The list", PricesJson),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "conflict",
      "ledger_unavailable",
    ),
  },
});

/** Adds the routes that list price lists and add one. */
export function servePrices(app: App): void {
  app.openapi(list, async (c) => {
    const added = await withLedger(c.var.services, listPrices);
    return c.json({ data: [LAUNCH_PRICES, ...added].map(toWire), next: null }, 200);
  });
  app.openapi(add, async (c) => {
    const { valid_from, ...prices } = c.req.valid("json");
    const { clock } = settingsOf(c.var.services.env);
    const valid_from_ms = Date.parse(valid_from);
    // Isolates renew their copies by real time, so the notice is that long whatever the mesh clock's rate.
    const earliest = meshNow(clock, Date.now()) + NOTICE_MS * clock.rate;
    if (valid_from_ms < earliest) {
      const instant = new Date(earliest).toISOString();
      throw invalidField("valid_from", `must not be before ${instant}`, { final: false });
    }
    const made = { id: crypto.randomUUID(), valid_from_ms, ...prices, created_at_ms: Date.now() };
    if (!await withLedger(c.var.services, (ledger) => insertPrices(ledger, made))) {
      throw new ProblemError("conflict", `There is a price list from ${valid_from} on already`);
    }
    await invalidateCaches(c.var.services, (cache) => cache.renewPrices());
    return c.json(toWire(made), 201);
  });
}

function toWire(
  { id, valid_from_ms, per_request, per_mega_operation, per_kilobyte }: PriceList,
): z.infer<typeof PricesJson> {
  const valid_from = new Date(valid_from_ms).toISOString();
  return { id, valid_from, per_request, per_mega_operation, per_kilobyte };
}
