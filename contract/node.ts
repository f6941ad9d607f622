/**
 * A node and the constellation on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { REGIONS } from "../mesh/region.ts";
import { PageQuery } from "./responses.ts";

export const ServiceJson = z.enum(["up", "drained", "failed"]).openapi({
  description:
    "`drained`: takes nothing new; `failed`: lets go, too, of those who wait. Set by the operator",
});
const Source = z.enum(["computed", "node"]).openapi({
  description: "`computed`: as an untouched node stands; `node`: its last word in an " +
    "answer to the caller; to an operator, to anybody",
});

/** One node, now: its place, its modelled state, and whether the operator has it in service. */
export const NodeAnswer = z.object({
  id: z.string().openapi({ example: "G2A-017-042" }),
  shell: z.string(),
  at: z.string(),
  region: z.string(),
  sub_point: z.object({ lat: z.number(), lon: z.number(), alt_km: z.number() }),
  sunlit: z.boolean(),
  modelled: z.object({
    state_of_charge: z.number().openapi({ description: "0 to 1 of the battery" }),
    temperature_k: z.number().openapi({ description: "Of the body" }),
    npu_temperature_k: z.number(),
    npu_speed: z.number().openapi({ description: "0 to 1; below 1 it throttles" }),
    free_at: z.object({
      realtime: z.string(),
      interactive: z.string(),
      batch: z.string(),
    }).openapi({ description: "When an ask that comes now would run, by its class" }),
    resident: z.array(z.string()).openapi({
      description:
        "Models in memory: built-in ones by name, your own as tenant/SHA-256; nobody else's are told",
    }),
    refusing: z.string().nullable(),
    source: Source,
    as_of: z.string(),
  }),
  service: ServiceJson,
  board: z.object({
    attached_at: z.string().openapi({ description: "Real clock" }),
    runtime: z.string().openapi({ description: "As the board says" }),
    energy_source: z.enum(["rapl", "declared"]).nullable().openapi({
      description: "`rapl`: the processor's own counters; `declared`: watts that its operator " +
        "wrote down; null: it tells no energy",
    }),
    declared_w: z.number().nullable(),
    measured: z.object({
      wall_ms: z.number().nullable().openapi({ description: "Of its last run" }),
      energy_mj: z.number().nullable().openapi({ description: "Of its last run, millijoules" }),
      temperature_k: z.number().nullable(),
      as_of: z.string().openapi({ description: "Real clock" }),
    }).nullable().openapi({
      description: "By the board, as it said with an answer to the caller; to an operator, to " +
        "anybody. Null: nothing yet. Battery and heat stay modelled, and so does what is billed",
    }),
  }).nullable().openapi({ description: "The hardware that is attached; null: none is" }),
  profile: z.object({
    npu_tops: z.number(),
    npu_active_w: z.number(),
    tops_per_watt: z.number(),
    memory_bytes: z.number(),
    battery_j: z.number(),
    solar_w: z.number(),
  }).openapi({ description: "The hardware of the node's shell" }),
}).openapi("Node");
/** One node, now. */
export type NodeAnswer = z.infer<typeof NodeAnswer>;

const charge = z.coerce.number().min(0).max(1);

/** Which nodes to list: those that meet all that is given. */
export const FleetQuery = PageQuery.extend({
  shell: z.string().max(64).optional().openapi({ example: "G2A" }),
  region: z.enum(REGIONS).optional().openapi({ description: "Whose objects serve the node now" }),
  sunlit: z.enum(["true", "false"]).optional(),
  state_of_charge_min: charge.optional(),
  state_of_charge_max: charge.optional(),
  service: ServiceJson.optional(),
  source: Source.optional(),
  board: z.enum(["true", "false"]).optional().openapi({
    description: "Whether a board is attached to the node",
  }),
});

/** One node of a list. */
export const FleetNodeJson = z.object({
  id: z.string().openapi({ example: "G2A-017-042" }),
  shell: z.string(),
  region: z.string(),
  sub_point: z.object({ lat: z.number(), lon: z.number(), alt_km: z.number() }),
  sunlit: z.boolean(),
  service: ServiceJson,
  modelled: z.object({
    state_of_charge: z.number().openapi({ description: "0 to 1 of the battery" }),
    temperature_k: z.number().nullable().openapi({
      description: "Of the body, by the node's last word; null where it is computed",
    }),
    free_at: z.string().nullable().openapi({
      description: "When an interactive ask would run, by the node's last word; null as above",
    }),
    refusing: z.string().nullable(),
    source: Source,
    as_of: z.string(),
  }),
}).openapi("FleetNode");

/** One node of a list. */
export type FleetNodeJson = z.infer<typeof FleetNodeJson>;

/** The answer to a change of a node's service. */
export const ServiceAnswer = z.object({ id: z.string(), service: ServiceJson }).openapi(
  "NodeService",
);

/** How slow an operator makes a node, in real time. Bounded, as somebody may forget it. */
export const NodeSlowness = z.object({
  delay_ms: z.number().int().min(1).max(10_000).openapi({ description: "How long each ask waits" }),
  lasts_ms: z.number().int().min(1).max(600_000).openapi({ description: "Then the fault ends" }),
  stage: z.enum(["arrival", "answer"]).optional().openapi({
    description:
      "`arrival`, also where missing: before the node admits the ask; `answer`: once it has run",
  }),
}).openapi("NodeSlowness");

/** A node's elements as an Orbit Mean-Elements Message (CCSDS 502.0-B): degrees, revolutions per day. */
export const OmmRecord = z.object({
  OBJECT_NAME: z.string().openapi({
    description: "As the catalogue has it; the node's id where it has none, or none was imported",
  }),
  OBJECT_ID: z.string().openapi({
    description: "International designator; the node's id where there is none",
  }),
  EPOCH: z.string(),
  MEAN_MOTION: z.number(),
  ECCENTRICITY: z.number(),
  INCLINATION: z.number(),
  RA_OF_ASC_NODE: z.number(),
  ARG_OF_PERICENTER: z.number(),
  MEAN_ANOMALY: z.number(),
  EPHEMERIS_TYPE: z.literal(0),
  CLASSIFICATION_TYPE: z.literal("U"),
  NORAD_CAT_ID: z.int().openapi({
    description: "Of a generated node one above 900,000,000, which no real satellite has",
  }),
  ELEMENT_SET_NO: z.int(),
  REV_AT_EPOCH: z.int(),
  BSTAR: z.number(),
  MEAN_MOTION_DOT: z.number(),
  MEAN_MOTION_DDOT: z.number(),
}).openapi("Omm");
