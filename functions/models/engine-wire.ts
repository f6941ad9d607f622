/**
 * Language models as the API shows them: those that the settings have.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { EngineModel } from "../../contract/engines.ts";
import type { EngineModelJson } from "../../contract/model-registry.ts";
import { settingsOf } from "../../contract/settings.ts";
import type { Services } from "../services.ts";

type Wire = z.infer<typeof EngineModelJson>;

// No setting says since when it holds, and clients ask for a time.
const CREATED_S = Date.UTC(2026, 10, 26) / 1e3;

/** The configured language models. */
export const engineModels = ({ env }: Services): Wire[] =>
  [...settingsOf(env).engines.values()].map(toWire);

/** A configured language model. @returns null: none of this name is configured */
export function engineModel({ env }: Services, name: string): Wire | null {
  const model = settingsOf(env).engines.get(name);
  return model ? toWire(model) : null;
}

const toWire = (model: EngineModel): Wire => ({
  id: model.name,
  object: "model",
  created: CREATED_S,
  owned_by: model.kind,
  perigee: {
    apis: model.apis,
    max_tokens: model.max_tokens,
    operations_per_token: model.operations_per_token,
    memory_bytes: model.memory_bytes,
    per_mega_prompt_token: model.per_mega_prompt_token,
    per_mega_completion_token: model.per_mega_completion_token,
  },
});
