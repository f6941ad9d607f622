import { z } from "zod";
import { NodeAnswer } from "../../contract/node.ts";
import { tool } from "../tool.ts";

/** One node's state. */
export const node = tool({
  name: "get_node",
  title: "One node, now",
  description: "Says where an orbital node is and how it stands: battery, heat, queue, models in " +
    "memory, hardware, and whether it is in service.",
  input: z.strictObject({ id: NodeAnswer.shape.id }),
  output: NodeAnswer,
  request: ({ id }) => ({ method: "GET", path: ["v1", "nodes", id] }),
});
