/**
 * What waits between the nodes and the ledger, on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";

const WaitingJson = z.object({
  waiting: z.int().openapi({ description: "Executions that the ledger has not taken yet" }),
  since: z.string().nullable().openapi({ description: "When the oldest of them ran, real clock" }),
  poison: z.int().openapi({ description: "Executions that the ledger refuses, set aside" }),
  failures: z.int().openapi({ description: "How often in a row the ledger did not answer" }),
});

/** What waits in all collectors, in sum and one by one. */
export const BacklogJson = z.object({
  total: WaitingJson,
  collectors: z.array(WaitingJson.extend({ name: z.string(), region: z.string() })),
}).openapi("Backlog");

/** An execution that the ledger refuses, as its collector set it aside. */
export const PoisonRow = z.object({
  id: z.string(),
  collector: z.string(),
  reason: z.string(),
  set_aside_at: z.string(),
  execution: z.string().openapi({ description: "As it was sent, JSON if it is any" }),
}).openapi("PoisonRow");
