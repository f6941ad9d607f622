import { z } from "zod";
import { ModelListJson } from "../../contract/model-registry.ts";
import { tool } from "../tool.ts";

/** What can be asked. */
export const models = tool({
  name: "list_models",
  title: "Models that can be asked",
  description: "Lists the built-in models and the tenant's own, with the names, datatypes and " +
    "shapes of their inputs and outputs, and their limits.",
  input: z.strictObject({}),
  output: ModelListJson,
  request: () => ({ method: "GET", path: ["v1", "models"] }),
});
