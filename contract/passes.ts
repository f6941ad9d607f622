/**
 * Who serves a place from when to when, on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { ELEVATION_MASK } from "../mesh/placement/place.ts";
import { numeric } from "./numeric.ts";
import { GroundOrigin, Latitude, Longitude } from "./origin.ts";

/** The place and the window of time that a caller asks about. */
export const PassesQuery = z.object({
  lat: numeric(Latitude.optional()).openapi({
    description: "With `lon`. Default: the header Perigee-Origin, then the caller's own position",
  }),
  lon: numeric(Longitude.optional()),
  alt_m: numeric(GroundOrigin.shape.alt_m.unwrap().optional()).openapi({
    description: "Above the ellipsoid. Default: 0",
  }),
  at: z.iso.datetime({ offset: true }).optional().openapi({
    description: "RFC 3339; within 7 days of the mesh clock. Default: now",
  }),
  // Beyond an hour the answer is long, and a node that is up now comes round again.
  minutes: numeric(z.number().min(1).max(60).default(10)),
  // Nearer to the horizon there are mountains and houses; nearer to the zenith there is nobody.
  mask_deg: numeric(z.number().min(5).max(89).default(ELEVATION_MASK)).openapi({
    description: "Nodes lower than this do not count",
  }),
  all: z.enum(["true", "false"]).default("false").transform((text) => text === "true").openapi({
    description: "Whether to list every pass, not only who serves",
  }),
}).refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), {
  message: "lat and lon go together",
  path: ["lon"],
});

const InstantText = z.string().openapi({ example: "2026-03-20T12:00:00.000Z" });
const Rise = InstantText.nullable().openapi({
  description: "Before `from` perhaps; null: up for more than a day",
});
const Set = InstantText.nullable().openapi({
  description: "After `until` perhaps; null: up for more than another day",
});

const StretchJson = z.object({
  node: z.string().openapi({ example: "G2A-017-042" }),
  from: InstantText,
  until: InstantText,
  rise: Rise,
  set: Set,
  elevation_deg: z.object({ from: z.number(), until: z.number(), max: z.number() }),
  slant_range_km: z.object({ from: z.number(), until: z.number(), min: z.number() }),
  handover: z.enum(["set", "rise", "nearer"]).optional().openapi({
    description:
      "Why another serves after `until`, or nobody: this one sets, a nearer one rises, " +
      "or one comes nearer. Absent where the window ends",
  }),
}).openapi("ServingNode");

const Gap = z.object({ node: z.null(), from: InstantText, until: InstantText }).openapi(
  "ServingGap",
  {
    description: "No node is above the mask",
  },
);

const PassJson = z.object({
  node: z.string().openapi({ example: "G2A-017-042" }),
  rise: Rise,
  set: Set,
  culmination: z.object({
    at: InstantText,
    elevation_deg: z.number(),
    azimuth_deg: z.number().openapi({ description: "Clockwise from north" }),
  }),
}).openapi("Pass");

/** Who serves the place in that window, stretch by stretch, and with `all` every pass. */
export const PassesAnswer = z.object({
  from: InstantText,
  until: InstantText,
  origin: GroundOrigin,
  mask_deg: z.number(),
  serving: z.array(z.union([StretchJson, Gap])).openapi({
    description: "The nearest node above the mask, without a gap in time from `from` to `until`",
  }),
  passes: z.array(PassJson).optional().openapi({
    description: "Every node that is above the mask at any time of the window, in order of rise",
  }),
}).openapi("Passes");

export type PassesAnswer = z.infer<typeof PassesAnswer>;
