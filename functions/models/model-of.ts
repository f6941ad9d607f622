/**
 * Finds a model by the name and version that a caller gave: a built-in one, else the caller's own. No
 * caller finds another tenant's.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { LiveModel } from "../../ledger/models.ts";
import { MODELS, type ModelSpec } from "../../models/catalogue.ts";
import { identifyCaller } from "../middleware/auth.ts";
import type { Services } from "../services.ts";
import { knownModels } from "./known-models.ts";
import { specOf } from "./uploaded-specs.ts";

/** A model that was found. */
export interface FoundModel {
  spec: ModelSpec;
  /** All its versions, the oldest first. */
  versions: string[];
}

/**
 * Finds a model for whom the route has authenticated.
 * @param name its name, case-sensitive
 * @param version one of its versions; the newest unless given
 * @throws ProblemError `model_not_found`, `ledger_unavailable` if the tenant's models are not known, or
 *   `models_unavailable` if what is uploaded cannot be read
 */
export async function modelOf(
  services: Services,
  name: string,
  version?: string,
): Promise<ModelSpec> {
  return builtIn(name, version) ??
    (await owned(services, services.caller.tenant_id, name, version)).spec;
}

/**
 * Finds a model on a public route: a built-in one for anybody, the tenant's own for who shows a key.
 * @param name its name, case-sensitive
 * @param version one of its versions; the newest unless given
 * @throws ProblemError as modelOf(), and what authentication throws of a key whose rate is used up
 */
export async function publicModelOf(
  services: Services,
  name: string,
  version?: string,
): Promise<FoundModel> {
  const spec = builtIn(name, version);
  if (spec) return { spec, versions: [spec.version] };
  services.setHeader("Vary", "Authorization");
  const caller = await identifyCaller(services);
  if (!caller) throw noModel(name);
  return await owned(services, caller.tenant_id, name, version);
}

function builtIn(name: string, version: string | undefined): ModelSpec | null {
  const spec = MODELS.get(name);
  if (!spec) return null;
  if (version !== undefined && version !== spec.version) {
    throw noVersion(name, version, [spec.version]);
  }
  return spec;
}

async function owned(
  services: Services,
  tenant_id: string,
  name: string,
  version: string | undefined,
): Promise<FoundModel> {
  const all = (await knownModels(services, tenant_id)).filter((model) => model.name === name);
  if (all.length === 0) throw noModel(name);
  const versions = all.map((model) => String(model.version));
  const model: LiveModel | undefined = version === undefined
    ? all[all.length - 1]
    : all[versions.indexOf(version)];
  if (!model) throw noVersion(name, version!, versions);
  return { spec: await specOf(services, model), versions };
}

const noModel = (name: string): ProblemError =>
  new ProblemError(
    "model_not_found",
    `There is no model "${name.slice(0, 64)}": there are ${[...MODELS.keys()].join(", ")}, ` +
      "and a tenant's own",
  );

// A tenant may have many: an error names the newest of them.
const VERSIONS_NAMED_MAX = 8;

function noVersion(name: string, version: string, versions: readonly string[]): ProblemError {
  const named = versions.slice(-VERSIONS_NAMED_MAX).join(", ");
  return new ProblemError(
    "model_not_found",
    `Model "${name}" has no version "${version.slice(0, 64)}": it has ${named}`,
  );
}
