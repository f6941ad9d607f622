/**
 * A placement as the ledger has it, on the wire: where one execution ran.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Objective, PlacementJson, Radio } from "./placement.ts";

/** Where one execution ran, and why there. */
export const RecordedPlacementJson = PlacementJson.omit({ path_length_km: true }).extend({
  id: z.string().openapi({ description: "The execution's id; the receipt has the same" }),
  placed_at: z.string(),
  model: z.string(),
  class: z.string(),
  origin: z.union([
    z.object({ lat: z.number(), lon: z.number() }),
    z.object({ node: z.string() }),
  ]).nullable(),
  attempts: z.int(),
  radio: Radio,
  country: z.string().nullable().openapi({
    description: "ISO 3166-1 code of the land below the node; null at sea",
  }),
  policy: z.object({
    objective: Objective.optional().openapi({ description: "Absent: latency" }),
    allow: z.array(z.string()).optional(),
    deny: z.array(z.string()).optional(),
  }).nullable().openapi({
    description: "The objective, where it was not latency, and the rules that held; of an area " +
      "the digest of its JSON, as docs/policy.md computes it",
  }),
}).openapi("RecordedPlacement");

/** Where one execution ran, and why there. */
export type RecordedPlacementJson = z.infer<typeof RecordedPlacementJson>;
