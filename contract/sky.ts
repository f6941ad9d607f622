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
    description: "In the order of their nodes. Null where shells do not tell the places, as of a " +
      "catalogue: GET /v1/sky/catalogues/{constellation} has its nodes, and its knots where they are",
  }),
  at: z.string().openapi({ description: "What the mesh clock said" }),
  rate: z.number().openapi({ description: "Mesh seconds in each real one" }),
}).openapi("Sky");

/** The constellation in use, and the mesh clock. */
export type SkyAnswer = z.infer<typeof SkyAnswer>;

/** The path of what is told of one catalogue. */
export const CataloguePath = z.object({
  constellation: z.string().max(256).openapi({
    description: "Its name, as GET /v1/sky tells it",
    example: "starlink-2024-12-0f1e2d3c4b5a6978",
  }),
});

/** The path of one of its knots. */
export const KnotPath = CataloguePath.extend({
  number: z.string().regex(/^(0|[1-9]\d{0,8})$/, "must be a whole number of minutes since 1970")
    .openapi({
      description:
        "Whole minutes since 1970 on the mesh clock: the knot is of the beginning of one",
      example: "29577600",
    }),
});

/** The path of one of its nodes. */
export const CatalogueNodePath = CataloguePath.extend({
  id: z.string().openapi({ example: "norad-44713" }),
});

/** The nodes of a catalogue, without their places. */
export const CatalogueAnswer = z.object({
  constellation: z.string(),
  nodes: z.int(),
  numbers: z.array(z.int()).openapi({
    description: "The catalogue number of each node, ascending: 44713 is norad-44713",
  }),
  labels: z.array(z.string()).openapi({
    description: "By inclination and altitude, such as 53deg-550km",
  }),
  groups: z.array(z.int()).openapi({ description: "Of each node, which of the labels it has" }),
}).openapi("Catalogue");

/** The nodes of a catalogue, without their places. */
export type CatalogueAnswer = z.infer<typeof CatalogueAnswer>;
