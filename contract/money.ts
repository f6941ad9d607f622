/**
 * Prices, receipts and invoices on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { TenantId } from "./account.ts";
import { Instant, spanQuery } from "./instant.ts";

const Price = z.int().min(0).max(1_000_000_000).openapi({ description: "Micro-credits" });

/** A price list as the admin sends it: micro-credits for each thing that is charged. */
export const NewPrices = z.object({
  valid_from: Instant.openapi({ description: "Mesh clock; at least a minute ahead" }),
  per_request: Price,
  per_mega_operation: Price,
  per_kilobyte: Price,
}).openapi("NewPrices");

/** A price list as the ledger holds it. */
export const PricesJson = NewPrices.extend({
  id: z.string().openapi({ description: "As receipts name it" }),
}).openapi("Prices");

const Integer = z.int().openapi({ description: "Exact; may exceed 2^53" });

/** What executions used and cost, summed. */
export const QuantitiesJson = z.object({
  executions: z.int(),
  operations: Integer,
  energy_mj: Integer,
  npu_us: Integer,
  bytes_up: Integer,
  bytes_down: Integer,
  prompt_tokens: Integer.openapi({ description: "Of language models; 0 for tensors" }),
  completion_tokens: Integer.openapi({ description: "Of language models; 0 for tensors" }),
  charge_microcredits: Integer,
});

/** The widths of the buckets of a series of usage, in ms. */
export const BUCKET_WIDTHS = { "1m": 60_000, "1h": 3_600_000, "1d": 86_400_000 } as const;

/**
 * Which executions to sum, and by what; without a span the last 30 days, or of a series of minutes the last
 * hour, of hours the last day.
 */
export const UsageQuery = z.object({
  ...spanQuery,
  group_by: z.enum(["hour", "model", "node", "region"]).optional(),
  bucket_width: z.enum(["1m", "1h", "1d"]).optional().openapi({
    description: "Adds `buckets`: a series over the span, of 750 buckets at most, by group where " +
      "`group_by` is `model`, `node` or `region`",
  }),
});

const UsageBucketJson = QuantitiesJson.extend({
  start: z.string().openapi({ description: "Mesh clock; a multiple of the width since 1970" }),
  group: z.string().nullable().openapi({
    description: "Null without `group_by`, and for all groups but the 8 largest together",
  }),
  modelled_total_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable()
    .openapi({
      description:
        "Percentiles of the latency that placements state, by nearest rank; null where " +
        "the span has more than 50,000 executions",
    }),
}).openapi("UsageBucket");

/** Sums over a span, and by group or bucket where asked for. */
export const UsageJson = z.object({
  from: z.string(),
  to: z.string(),
  total: QuantitiesJson,
  groups: z.array(QuantitiesJson.extend({ group: z.string() })).optional(),
  buckets: z.array(UsageBucketJson).optional().openapi({
    description: "With `bucket_width`: in order; a bucket in which nothing ran is not there",
  }),
}).openapi("Usage");

/** What one execution used and cost. Energy is in millijoules, NPU time in microseconds. */
export const ReceiptJson = z.object({
  id: z.string().openapi({ description: "The execution's id; its placement has the same" }),
  executed_at: z.string().openapi({ description: "Mesh clock" }),
  recorded_at: z.string().openapi({ description: "Real clock, at the ledger" }),
  key: z.string().openapi({ description: "The id of the key that was shown" }),
  node: z.string(),
  region: z.string(),
  model: z.string(),
  model_version: z.string(),
  class: z.string(),
  operations: z.int(),
  energy_mj: z.int(),
  npu_us: z.int(),
  bytes_up: z.int(),
  bytes_down: z.int(),
  price_list: z.string(),
  charge_microcredits: z.int(),
  waived_microcredits: z.int().openapi({
    description: "What it would have cost, where its lease of budget was closed already; else 0",
  }),
  invoice: z.string().nullable(),
  prompt_tokens: z.int().nullable().openapi({
    description: "Null, as the next three, for tensors",
  }),
  completion_tokens: z.int().nullable(),
  per_mega_prompt_token: z.int().nullable().openapi({
    description: "Micro-credits; with the tokens it makes the charge, instead of the price list",
  }),
  per_mega_completion_token: z.int().nullable(),
}).openapi("Receipt");
export type ReceiptJson = z.infer<typeof ReceiptJson>;

/** A month of the mesh clock. */
export const Period = z.string()
  .regex(/^(?:19[7-9]|[2-9]\d\d)\d-(?:0[1-9]|1[0-2])$/, "must be a month since 1970: 2026-11")
  .openapi({ example: "2026-11" });

/** What the admin sends to have a month invoiced. */
export const NewInvoice = z.object({ period: Period }).openapi("NewInvoice");

/** An invoice as it is listed. */
export const Invoice = z.object({
  id: z.string(),
  tenant: TenantId,
  period: Period,
  issued_at: z.string(),
}).openapi("Invoice");

/** An invoice with one line for each model and price list, and their sum. */
export const InvoiceWithLines = Invoice.extend({
  lines: z.array(QuantitiesJson.extend({ model: z.string(), price_list: z.string() })),
  total: QuantitiesJson,
}).openapi("InvoiceWithLines");
