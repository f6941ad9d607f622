import { z } from "zod";
import { PassesAnswer, PassesQuery } from "../../contract/passes.ts";
import { tool } from "../tool.ts";

/** Looks ahead: who serves a place. */
export const passes = tool({
  name: "list_passes",
  title: "Who serves a place, from when to when",
  description: "Lists which orbital node serves a place on the ground for the next minutes, and " +
    "the moment and reason of each handover.",
  input: z.strictObject({
    ...PassesQuery.shape,
    all: z.boolean().optional().describe("Whether to list every pass, not only who serves"),
  }),
  output: PassesAnswer,
  request: (query) => ({ method: "GET", path: ["v1", "passes"], query }),
});
