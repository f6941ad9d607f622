/**
 * A placement on the wire: where an ask would run or did run, and why there.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { BATTERY_USES } from "../mesh/placement/battery-use.ts";
import { OBJECTIVES } from "../mesh/placement/objective.ts";
import { CANDIDATES_MAX } from "../mesh/placement/place.ts";
import { REASONS } from "../mesh/placement/scores.ts";
import { GroundJson, Where } from "./ground.ts";
import { Origin } from "./origin.ts";
import { Policy } from "./policy.ts";

export const Class = z.enum(["realtime", "interactive", "batch"]);

/** A deadline beyond an hour says nothing that no deadline would not. */
export const DeadlineMs = z.number().positive().max(3_600_000);

/** What a node is chosen for, by the caller's word. */
export const Objective = z.enum(OBJECTIVES).openapi({
  description: "latency, the default: the node that answers first. energy: of those that answer " +
    "within the deadline, one whose run takes nothing from its battery, else the fullest",
});

/** An ask that is placed and not run; `bytes_up` and `bytes_down` are what it would send. */
export const RouteRequest = z.object({
  model: z.string().openapi({ example: "scene-indices" }),
  origin: Origin.optional().openapi({
    description: "Default: the position that the network gives for the caller",
  }),
  at: z.iso.datetime().optional().openapi({
    description: "UTC; within 7 days of the mesh clock. Default: now",
  }),
  bytes_up: z.int().min(0).max(1e12).default(0),
  bytes_down: z.int().min(0).max(1e12).default(0),
  deadline_ms: DeadlineMs.optional(),
  class: Class.default("interactive"),
  policy: Policy.optional(),
  operations: z.number().min(0).max(1e18).default(0).openapi({
    description: "Arithmetic operations of the run. Default: none, so that light and bytes decide",
  }),
  ground: z.boolean().default(false).openapi({
    description: "Whether to say what the same ask would take on the ground, and where to think",
  }),
  objective: Objective.optional(),
  serve_rank: z.int().min(1).max(CANDIDATES_MAX).optional().openapi({
    description:
      "Compare with the candidate of this rank, 1 being the first: a scheduler does not " +
      "always choose the best",
  }),
}).openapi("RouteRequest", {
  example: { model: "scene-indices", origin: { lat: 48.8566, lon: 2.3522 }, class: "realtime" },
});

export const Modelled = z.object({
  light_time_ms: z.number().openapi({ description: "There and back" }),
  transfer_ms: z.number(),
  wait_ms: z.number(),
  npu_ms: z.number(),
  access_ms: z.number().openapi({
    description: "What the radio makes an ask wait for beside light and bytes, in the mean, and " +
      "forwarding from node to node; 0 under the radio profile light",
  }),
  total_ms: z.number(),
  energy_mj: z.number().openapi({ description: "Millijoules" }),
}).openapi("Modelled", { description: "From physics and the hardware profile; never a timing" });

/** The name of a radio profile. */
export const Radio = z.string().openapi({
  description: "The radio profile by which it was modelled (docs/reference/radio.md)",
  example: "light",
});

/** A node for an ask: how the ground sees it, which is why it was chosen, and where the model runs. */
export const PlacementJson = z.object({
  node: z.string().openapi({ example: "G2A-017-042" }),
  region: z.string(),
  elevation_deg: z.number().nullable().openapi({
    description: "Of the path's first node, as the ground sees it when the node is chosen, as " +
      "azimuth and range; null where the origin is a node",
  }),
  azimuth_deg: z.number().nullable(),
  slant_range_km: z.number().nullable(),
  sub_point: z.object({ lat: z.number(), lon: z.number(), alt_km: z.number() }).openapi({
    description: "Straight below the node: when it is chosen; of an execution, when its run began",
  }),
  sunlit: z.boolean().openapi({ description: "At the instant of `sub_point`" }),
  path: z.array(z.string()).openapi({
    description: "From the node that takes the ask up to the one that thinks, over laser links",
  }),
  path_length_km: z.number(),
  modelled: Modelled,
}).openapi("Placement");

export type PlacementJson = z.infer<typeof PlacementJson>;

/** What the run would take of the node's battery. */
export const BatteryJson = z.object({
  use: z.enum(BATTERY_USES).openapi({
    description: "none: the node is in sunlight until the run ends, and its array carries it. " +
      "slows_charging: in sunlight so long, and its battery charges the slower. " +
      "draws: the battery carries it",
  }),
  state_of_charge: z.number().openapi({
    description: "0 to 1, when it is placed: by the node's orbit, and by what it said last",
  }),
}).openapi("Battery", {
  description: "Modelled; only of asks whose objective is energy, which choose by it",
});

/** A node that was looked at for an ask, and why it is not asked where it is not. */
export const CandidateJson = PlacementJson.extend({
  battery: BatteryJson.optional(),
  refusal: z.enum(REASONS).optional(),
}).openapi("Candidate");
/** A node that was looked at for an ask, and why it is not asked where it is not. */
export type CandidateJson = z.infer<typeof CandidateJson>;

const RoutedPlacement = PlacementJson.extend({
  battery: BatteryJson.optional(),
  visible_until: z.string().nullable().openapi({
    description: "When the path's first node sinks below the elevation mask; null where it " +
      "stays above it for more than a day, or where the origin is a node",
  }),
}).openapi("RoutedPlacement");

/** A candidate that a scheduler may choose, beside the one that we would. */
const Served = z.object({
  rank: z.int().openapi({ description: "1 being the first of those that would serve" }),
  node: z.string(),
  elevation_deg: z.number().nullable(),
  slant_range_km: z.number().nullable(),
  modelled: Modelled,
  later_ms: z.number().openapi({
    description:
      "Its total_ms less that of the placement: what it would have cost to be served by it",
  }),
}).openapi("ServedByRank");

/** Where an ask would run, and which nodes were looked at. */
export const RouteAnswer = z.object({
  at: z.string(),
  origin: Origin,
  radio: Radio,
  objective: Objective.optional().openapi({ description: "Absent: latency" }),
  why: z.string().optional().openapi({
    description: "Why this node, in a sentence, where the objective is energy",
    example: "Its run takes nothing from its battery, and no other such node above is sooner",
  }),
  // Not nullable(): described by that, a schema which extends another takes no null.
  placement: z.union([RoutedPlacement, z.null()]).openapi({
    description: "Null: no candidate would serve",
  }),
  candidates: z.array(CandidateJson).max(2 * CANDIDATES_MAX).openapi({
    description: "Those that would serve, best first; then near ones that would not, and why",
  }),
  served: z.union([Served, z.null()]).optional().openapi({
    description: "Where the request names a serve_rank. Null: fewer candidates would serve",
  }),
  ground: z.union([GroundJson, z.null()]).optional().openapi({
    description: "Where the request asks for it. Null: no node is overhead, or none that links " +
      "lead to is over a gateway. The ask's policy is one of nodes, and not applied here",
  }),
  where: z.union([Where, z.null()]).optional().openapi({
    description: "Where to think, with `ground`: where the modelled answer comes first. Null: " +
      "neither would serve",
  }),
  measured: z.object({
    place_us: z.number().nullable().openapi({
      description: "Mean over this isolate's placements so far, by a clock of 1 ms; null where " +
        "the platform's clock stands still while code runs",
    }),
  }),
}).openapi("RouteAnswer");
/** Where an ask would run, and which nodes were looked at. */
export type RouteAnswer = z.infer<typeof RouteAnswer>;
