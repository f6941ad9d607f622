/**
 * A node and the constellation on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";

export const NodeAnswer = z.object({
  id: z.string().openapi({ example: "G2A-017-042" }),
  shell: z.string(),
  at: z.string(),
  region: z.string(),
  sub_point: z.object({ lat: z.number(), lon: z.number(), alt_km: z.number() }),
  sunlit: z.boolean(),
  modelled: z.object({
    state_of_charge: z.number().openapi({ description: "0 to 1 of the battery" }),
    temperature_k: z.number(),
    busy_until: z.string().nullable().openapi({ description: "Null: the NPU is idle" }),
    refusing: z.string().nullable(),
    source: z.enum(["computed", "node"]).openapi({
      description: "`computed`: as an untouched node stands; `node`: its last word to this isolate",
    }),
  }),
  profile: z.object({
    npu_tops: z.number(),
    npu_active_w: z.number(),
    tops_per_watt: z.number(),
    memory_bytes: z.number(),
    battery_j: z.number(),
    solar_w: z.number(),
  }),
}).openapi("Node");

export const OmmRecord = z.object({
  OBJECT_NAME: z.string(),
  OBJECT_ID: z.string(),
  EPOCH: z.string(),
  MEAN_MOTION: z.number(),
  ECCENTRICITY: z.number(),
  INCLINATION: z.number(),
  RA_OF_ASC_NODE: z.number(),
  ARG_OF_PERICENTER: z.number(),
  MEAN_ANOMALY: z.number(),
  EPHEMERIS_TYPE: z.literal(0),
  CLASSIFICATION_TYPE: z.literal("U"),
  NORAD_CAT_ID: z.int(),
  ELEMENT_SET_NO: z.int(),
  REV_AT_EPOCH: z.int(),
  BSTAR: z.number(),
  MEAN_MOTION_DOT: z.number(),
  MEAN_MOTION_DDOT: z.number(),
}).openapi("Omm");
