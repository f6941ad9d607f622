/**
 * A tenant's budget and rate on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";

/** What the admin sends to set a tenant's budget and rate; both at once. */
export const NewLimits = z.object({
  budget_microcredits: z.int().min(0).nullable().openapi({
    description: "What may be charged in all, until it is set anew; null: no budget",
  }),
  requests_per_minute: z.int().min(1).max(1_000_000_000).nullable().openapi({
    description: "Null: no rate",
  }),
}).openapi("NewLimits");

const Amount = z.int().nullable();

/** A tenant's limits, and how its budget stands; amounts are null where there is no budget. */
export const LimitsJson = NewLimits.extend({
  spent_microcredits: Amount.openapi({ description: "Charged since the first budget, for good" }),
  leased_microcredits: Amount.openapi({
    description: "Reserved: by requests that run, or kept ready for the next for some seconds",
  }),
  available_microcredits: Amount.openapi({
    description: "Neither spent nor reserved; below 0 where the budget was set under what is spent",
  }),
}).openapi("Limits");
