/**
 * The sky on the wire: what a program needs to work out every node's place itself, at any instant.
 * @module
 */
import { z } from "@hono/zod-openapi";

const ShellJson = z.object({
  code: z.string().openapi({ example: "G2A" }),
  altitude_km: z.number().openapi({ description: "Above the equatorial radius of WGS-84" }),
  inclination_deg: z.number(),
  planes: z.int(),
  per_plane: z.int(),
  phasing: z.int().openapi({ description: "Walker's F" }),
  raan_span_deg: z.number().openapi({
    description: "What the planes are spread over; 360: a delta",
  }),
}).openapi("Shell");

/** The constellation in use, by its shells where shells generated it, and the mesh clock. */
export const SkyAnswer = z.object({
  constellation: z.string().openapi({ description: "Its name, which changes with any element" }),
  nodes: z.int(),
  epoch: z.string().nullable().openapi({
    description: "Of the shells: plane 0 ascends at RAAN 0, slot 0 is there. Null without shells",
  }),
  shells: z.array(ShellJson).nullable().openapi({
    description: "In the order of their nodes. Null for a catalogue: GET /v1/constellation has it",
  }),
  at: z.string().openapi({ description: "What the mesh clock said" }),
  rate: z.number().openapi({ description: "Mesh seconds in each real one" }),
}).openapi("Sky");

/** The constellation in use, and the mesh clock. */
export type SkyAnswer = z.infer<typeof SkyAnswer>;
