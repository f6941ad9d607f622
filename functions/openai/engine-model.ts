/**
 * Finds the language model that a caller names.
 * @module
 */
import type { EngineApi, EngineModel } from "../../contract/engines.ts";
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { MODELS } from "../../models/catalogue.ts";
import { knownModels } from "../models/known-models.ts";
import type { Services } from "../services.ts";

const HOW = "PERIGEE_ENGINES configures language models: docs/how-to/language-models.md";

/**
 * Finds a model and its engine.
 * @param name as the caller wrote it
 * @param api what it is asked
 * @throws ProblemError `model_not_found`, which says what to do, `not_supported` for a model that is not
 *   asked this, or what finding the tenant's own models throws
 */
export async function engineModelOf(
  services: Services,
  name: string,
  api: EngineApi,
): Promise<EngineModel> {
  const model = settingsOf(services.env).engines.get(name);
  if (!model) throw await notFound(services, name);
  if (model.apis.includes(api)) return model;
  throw new ProblemError(
    "not_supported",
    `The model "${name}" answers ${model.apis.join(" and ")}, and not ${api}`,
  );
}

async function notFound(services: Services, name: string): Promise<ProblemError> {
  const shown = name.slice(0, 64);
  const own = MODELS.has(name) ||
    (await knownModels(services, services.caller.tenant_id)).some((known) => known.name === name);
  return new ProblemError(
    "model_not_found",
    own
      ? `The model "${shown}" takes tensors: ask it at /v2/models/${shown}/infer`
      : `No engine is configured for a model "${shown}". ${HOW}`,
  );
}
