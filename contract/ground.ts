/**
 * The ground on the wire: what an ask would take by bent pipe, and where to think.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Latitude, Longitude } from "./origin.ts";

const GroundModelled = z.object({
  light_time_ms: z.number().openapi({ description: "There and back, to the gateway" }),
  access_ms: z.number().openapi({
    description: "What the radio link of the place takes beside light and transfer",
  }),
  fibre_ms: z.number().openapi({ description: "There and back, from the gateway to the region" }),
  transfer_ms: z.number(),
  compute_ms: z.number(),
  total_ms: z.number(),
  energy_mj: z.number().openapi({ description: "Millijoules, of the accelerator in the region" }),
}).openapi("GroundModelled", { description: "From physics and stated parameters; never a timing" });

/** What an ask would take on the ground: by which satellites, gateway and region. */
export const GroundJson = z.object({
  path: z.array(z.string()).openapi({
    description: "From the node that takes the ask up, the nearest, to the one above the gateway",
  }),
  path_length_km: z.number().openapi({ description: "Up, over laser links, and down" }),
  gateway: z.object({
    name: z.string().openapi({ example: "Usingen" }),
    country: z.string().openapi({ example: "DE" }),
    lat: Latitude,
    lon: Longitude,
  }),
  fibre_km: z.number().openapi({ description: "Of the great circle from gateway to region" }),
  region: z.object({
    name: z.string().openapi({ example: "eu-central-1" }),
    cloud: z.enum(["aws", "google"]),
    city: z.string().openapi({ example: "Frankfurt" }),
    lat: Latitude,
    lon: Longitude,
  }),
  modelled: GroundModelled,
  refusal: z.enum(["too_late"]).optional(),
}).openapi("Ground", {
  description:
    "By bent pipe: up to the nearest node, down to a gateway, by fibre to a cloud region",
});
/** What an ask would take on the ground: by which satellites, gateway and region. */
export type GroundJson = z.infer<typeof GroundJson>;

/** Where to think. */
export const Where = z.enum(["orbit", "ground"]);
