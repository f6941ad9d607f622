/**
 * Names that no tenant may give or take away.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { MODELS } from "../../models/catalogue.ts";

/**
 * Refuses the name of a built-in model: what every tenant asks under it must stay the same.
 * @throws ProblemError `conflict`
 */
export function refuseBuiltIn(name: string): void {
  if (!MODELS.has(name)) return;
  throw new ProblemError("conflict", `"${name}" is a built-in model: choose another name`);
}
