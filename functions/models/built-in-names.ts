/**
 * Names that no tenant may give or take away.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { MODELS } from "../../models/catalogue.ts";

// `/v2/models/stats` is the statistics of all models: one of that name could not be looked up.
const ROUTES = new Set(["stats"]);

/**
 * Refuses the name of a built-in model: what every tenant asks under it must stay the same; and one that a
 * route has.
 * @throws ProblemError `conflict`
 */
export function refuseBuiltIn(name: string): void {
  if (ROUTES.has(name)) {
    throw new ProblemError("conflict", `"${name}" is a part of the API: choose another name`);
  }
  if (!MODELS.has(name)) return;
  throw new ProblemError("conflict", `"${name}" is a built-in model: choose another name`);
}
