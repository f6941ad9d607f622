import { z } from "zod";
import { UsageJson, UsageQuery } from "../../contract/money.ts";
import { tool } from "../tool.ts";

/** What was used and charged, summed. */
export const usage = tool({
  name: "get_usage",
  title: "What was used and charged",
  description: "Sums what the tenant's executions used and cost over a span of time: operations, " +
    "energy, NPU time, bytes, charge in micro-credits; by hour, model, node or region if asked. " +
    "Integers beyond 2^53 are exact in the text alone.",
  input: z.strictObject(UsageQuery.shape),
  output: UsageJson,
  request: (query) => ({ method: "GET", path: ["v1", "usage"], query }),
});
