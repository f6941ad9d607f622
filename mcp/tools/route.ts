import { z } from "zod";
import { RouteAnswer, RouteRequest } from "../../contract/placement.ts";
import { tool } from "../tool.ts";

/** Places an ask without running it. */
export const route = tool({
  name: "route",
  title: "Place an ask",
  description: "Says on which orbital node an ask of a model would run now (or at a given time), " +
    "which other nodes were looked at and why they refuse, and the modelled light time, waiting, " +
    "computing time and energy; with `ground`, also what the same ask would take in a data centre " +
    "on the ground, and which is faster. Runs nothing and costs nothing.",
  input: z.strictObject(RouteRequest.shape),
  output: RouteAnswer,
  request: (body) => ({ method: "POST", path: ["v1", "route"], body }),
});
