/**
 * The models that a caller can ask, for the protocol's lists: the built-in ones, and its tenant's own.
 * @module
 */
import { MODELS } from "../../models/catalogue.ts";
import { knownModels } from "../models/known-models.ts";
import type { Services } from "../services.ts";

/** One version of a model. */
export interface ListedModel {
  name: string;
  version: string;
}

/**
 * Lists them, the built-in ones first.
 * @throws ProblemError `ledger_unavailable` if the tenant's models are not known
 */
export async function listedModels(services: Services): Promise<ListedModel[]> {
  const own = await knownModels(services, services.caller.tenant_id);
  return [
    ...[...MODELS.values()].map(({ name, version }) => ({ name, version })),
    ...own.map(({ name, version }) => ({ name, version: String(version) })),
  ];
}
