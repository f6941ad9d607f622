/**
 * Models as the API shows them: those of the catalogue, and rows of the ledger.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { ModelFactsJson, ModelJson } from "../../contract/model-registry.ts";
import type { DescribedModel } from "../../ledger/models.ts";
import type { ModelFacts, PortFacts } from "../../models/upload/facts.ts";
import { fits, SANDBOX } from "../../models/upload/limits.ts";
import { MODELS, type ModelSpec } from "../../models/catalogue.ts";

/** A model on the wire. */
export type Model = z.infer<typeof ModelJson>;

// The built-in models came with release 0.1.0.
const BUILT_IN_CREATED_S = Date.UTC(2026, 10, 25) / 1e3;

/** The built-in models, in the catalogue's order. */
export const builtInModels = (): Model[] => [...MODELS.values()].map(builtInToWire);

/** A built-in model. */
export function builtInToWire(spec: ModelSpec): Model {
  const { version, file_bytes, memory_bytes, inputs, outputs, dims, output_dims, limits } = spec;
  const one = { version, sha256: null, file_bytes, created_at: null };
  return {
    id: spec.name,
    object: "model",
    created: BUILT_IN_CREATED_S,
    owned_by: "perigee",
    perigee: {
      ...one,
      inputs: inputs.map((input, i) => ({ ...input, dims: [...dims[i]] })),
      outputs: outputs.map((output, i) => ({ ...output, dims: [...output_dims[i]] })),
      limits: limits.map((limit) => ({ ...limit, of: [...limit.of] })),
      operations_min: null,
      operations_max: null,
      memory_bytes,
      runs_on: ["isolate"],
      versions: [one],
    },
  };
}

/**
 * What the inspection found, as the API shows it.
 * @param file_bytes the size of the file
 */
export function factsToWire(facts: ModelFacts, file_bytes: number): ModelFactsJson {
  const { demand } = facts;
  const inIsolate = demand === null || fits(demand.smallest, SANDBOX);
  return {
    inputs: facts.inputs.map(portToWire),
    outputs: facts.outputs.map(portToWire),
    limits: facts.limits.map((limit) => ({ ...limit, of: [...limit.of] })),
    operations_min: demand?.smallest.operations ?? null,
    operations_max: demand?.largest?.operations ?? null,
    memory_bytes: nodeMemory(file_bytes),
    runs_on: inIsolate ? ["isolate", "hardware"] : ["hardware"],
  };
}

const MEBIBYTE = 2 ** 20;

/** As ModelSpec.memory_bytes has it. */
const nodeMemory = (file_bytes: number): number => Math.ceil(file_bytes / MEBIBYTE) * MEBIBYTE;

const portToWire = ({ name, datatype, dims }: PortFacts) => ({
  name,
  datatype,
  shape: dims.map((dim) => typeof dim === "number" ? dim : -1),
  dims: [...dims],
});

/**
 * A tenant's model.
 * @param versions its live versions by number, one at least
 * @param shown of which version it tells more
 * @param env whose binding LOADER makes the isolates of uploaded models; some deployments have none
 */
export function modelToWire(
  versions: readonly DescribedModel[],
  shown: DescribedModel,
  { LOADER }: Partial<Env>,
): Model {
  const facts: ModelFactsJson = JSON.parse(shown.facts);
  return {
    id: shown.name,
    object: "model",
    created: Math.floor(shown.created_at_ms / 1e3),
    owned_by: shown.tenant_id,
    perigee: {
      ...versionToWire(shown),
      ...facts,
      runs_on: LOADER ? facts.runs_on : ["hardware"],
      versions: versions.map(versionToWire),
    },
  };
}

/** A tenant's models, each by its newest version. @param rows by name and number @param env as for modelToWire() */
export const modelsToWire = (rows: readonly DescribedModel[], env: Partial<Env>): Model[] =>
  [...Map.groupBy(rows, ({ name }) => name).values()]
    .map((versions) => modelToWire(versions, versions[versions.length - 1], env));

const versionToWire = ({ version, sha256, file_bytes, created_at_ms }: DescribedModel) => ({
  version: String(version),
  sha256,
  file_bytes,
  created_at: new Date(created_at_ms).toISOString(),
});
