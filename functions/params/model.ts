/**
 * Finds a model by the name and version that a caller gave.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { MODELS, type ModelSpec } from "../../models/catalogue.ts";

/**
 * Finds a built-in model.
 * @param name its name, case-sensitive
 * @param version must be the model's own, if given
 * @throws ProblemError `model_not_found`
 */
export function modelOf(name: string, version?: string): ModelSpec {
  const spec = MODELS.get(name);
  if (!spec) {
    throw new ProblemError(
      "model_not_found",
      `There is no model "${name.slice(0, 64)}": there are ${[...MODELS.keys()].join(", ")}`,
    );
  }
  if (version !== undefined && version !== spec.version) {
    throw new ProblemError(
      "model_not_found",
      `Model "${name}" has no version "${version.slice(0, 64)}": it has ${spec.version}`,
    );
  }
  return spec;
}
