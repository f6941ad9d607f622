/**
 * What a run takes on the wire: the NPUs of all shells and the rates of links, to the last bit, so that a
 * reader can reckon the times and energies of executions anew.
 * @module
 */
import { z } from "@hono/zod-openapi";

/** One kind of NPU, in the units that the mesh reckons in. */
export const NpuJson = z.object({
  npu_tops: z.number().openapi({ description: "10^12 operations per second at full speed" }),
  npu_active_w: z.number().openapi({ description: "At full speed, the idle draw included" }),
  npu_idle_w: z.number(),
  npu_dispatch_s: z.number().openapi({ description: "Of each run, beside its operations" }),
  npu_speed_min: z.number().openapi({ description: "Of full speed, where it is hot" }),
}).openapi("Npu");

/** The hardware of a mesh, as far as a run's time and energy follow from it. */
export const HardwareAnswer = z.object({
  constellation: z.string().openapi({ description: "As GET /v1/sky names it" }),
  kinds: z.array(NpuJson).openapi({ description: "Those that differ" }),
  of_shells: z.array(z.int()).openapi({
    description: "Of each shell, in the order of GET /v1/sky, which of the kinds it has; of a " +
      "catalogue one number, for all nodes",
  }),
  links: z.object({
    up_bps: z.number(),
    down_bps: z.number(),
    isl_bps: z.number(),
  }).openapi({ description: "Bits per second: ground to node, node to ground, between nodes" }),
}).openapi("Hardware");

/** The hardware of a mesh, as far as a run's time and energy follow from it. */
export type HardwareAnswer = z.infer<typeof HardwareAnswer>;
