/**
 * `/v1/models`: the models that a caller can ask, built-in and its tenant's own, and their deletion.
 * Uploading: upload.ts.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import {
  EngineModelJson,
  ModelDeleted,
  ModelJson,
  ModelListJson,
  ModelName,
  ModelVersionNumber,
} from "../../contract/model-registry.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, KEY, problems, READER } from "../../contract/responses.ts";
import { deleteModel, listDescribedModels } from "../../ledger/models.ts";
import { MODELS } from "../../models/catalogue.ts";
import { withLedger } from "../backends/with-ledger.ts";
import type { App } from "../context.ts";
import { authenticate, authenticateReader } from "../middleware/auth.ts";
import { tenantOf } from "../params/tenant.ts";
import type { Services } from "../services.ts";
import { engineModel, engineModels } from "./engine-wire.ts";
import { refuseBuiltIn } from "./built-in-names.ts";
import { modelsChanged } from "./known-models.ts";
import { quotaOf } from "./quota.ts";
import { sweepBehind } from "./sweep.ts";
import { builtInModels, builtInToWire, type Model, modelsToWire, modelToWire } from "./wire.ts";

const query = z.object(tenantQuery);
const named = z.object({ name: ModelName });
const versioned = named.extend({ version: ModelVersionNumber });

const READ_PROBLEMS = problems(
  "invalid_request",
  "unauthenticated",
  "forbidden",
  "model_not_found",
  "ledger_unavailable",
);
const DELETE_PROBLEMS = { ...READ_PROBLEMS, ...problems("conflict", "rate_limited") };

const list = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listModels",
  tags: ["models"],
  summary: "All models that can be asked: the built-in ones and the tenant's own",
  security: READER,
  middleware: authenticateReader,
  request: { query },
  responses: {
    200: json("The models, each by its newest version", ModelListJson),
    ...READ_PROBLEMS,
  },
});

const show = createRoute({
  method: "get",
  path: "/v1/models/{name}",
  operationId: "readModel",
  tags: ["models"],
  summary: "A model, by its newest version",
  security: READER,
  middleware: authenticateReader,
  request: { params: named, query },
  responses: {
    200: json("The model", z.union([ModelJson, EngineModelJson])),
    ...READ_PROBLEMS,
  },
});

const showVersion = createRoute({
  method: "get",
  path: "/v1/models/{name}/versions/{version}",
  operationId: "readModelVersion",
  tags: ["models"],
  summary: "A model, by one of its versions",
  security: READER,
  middleware: authenticateReader,
  request: { params: versioned, query },
  responses: { 200: json("The model", ModelJson), ...READ_PROBLEMS },
});

const remove = createRoute({
  method: "delete",
  path: "/v1/models/{name}",
  operationId: "deleteModel",
  tags: ["models"],
  summary: "Delete a model with all its versions; effective everywhere within 10 s",
  security: KEY,
  middleware: authenticate("models"),
  request: { params: named },
  responses: { 200: json("It is deleted", ModelDeleted), ...DELETE_PROBLEMS },
});

const removeVersion = createRoute({
  method: "delete",
  path: "/v1/models/{name}/versions/{version}",
  operationId: "deleteModelVersion",
  tags: ["models"],
  summary: "Delete one version of a model; effective everywhere within 10 s",
  security: KEY,
  middleware: authenticate("models"),
  request: { params: versioned },
  responses: { 200: json("It is deleted", ModelDeleted), ...DELETE_PROBLEMS },
});

/** Adds the routes that list, show and delete models. */
export function serveModelRegistry(app: App): void {
  app.openapi(list, async (c) => {
    const { services } = c.var;
    const tenant_id = tenantOf(services, c.req.valid("query").tenant);
    const { own, quota } = tenant_id === null
      ? { own: [], quota: null }
      : await ownModels(services, tenant_id);
    const data = [...builtInModels(), ...engineModels(services), ...own];
    return c.json({ object: "list" as const, data, perigee: { quota } }, 200);
  });
  app.openapi(show, async (c) => {
    const { services } = c.var;
    const tenant_id = tenantOf(services, c.req.valid("query").tenant);
    const { name } = c.req.valid("param");
    const model = engineModel(services, name) ??
      await describedModel(services, { tenant_id, name });
    return c.json(model, 200);
  });
  app.openapi(showVersion, async (c) => {
    const { services } = c.var;
    const tenant_id = tenantOf(services, c.req.valid("query").tenant);
    const { name, version } = c.req.valid("param");
    const wanted = { tenant_id, name, version: Number(version) };
    return c.json(await describedModel(services, wanted), 200);
  });
  app.openapi(remove, async (c) => {
    const { name } = c.req.valid("param");
    await deleted(c.var.services, name, null);
    return c.json({ id: name, object: "model" as const, deleted: true as const }, 200);
  });
  app.openapi(removeVersion, async (c) => {
    const { name, version } = c.req.valid("param");
    await deleted(c.var.services, name, Number(version));
    return c.json({ id: name, object: "model" as const, deleted: true as const }, 200);
  });
}

/**
 * A model as the API shows it, by one of its versions.
 * @param wanted `tenant_id` null: a built-in one; without a version, its newest
 * @throws ProblemError `model_not_found`, `ledger_unavailable`
 */
export async function describedModel(
  services: Services,
  { tenant_id, name, version }: { tenant_id: string | null; name: string; version?: number },
): Promise<Model> {
  const spec = MODELS.get(name);
  if (spec) {
    if (version === undefined || String(version) === spec.version) return builtInToWire(spec);
    throw notThere(name, version);
  }
  if (tenant_id === null) throw notThere(name, version);
  const rows = await withLedger(services, (ledger) => listDescribedModels(ledger, tenant_id, name));
  const shown = version === undefined ? rows.at(-1) : rows.find((row) => row.version === version);
  if (!shown) throw notThere(name, version);
  return modelToWire(rows, shown, services.env);
}

async function ownModels(services: Services, tenant_id: string) {
  sweepBehind(services, tenant_id);
  const rows = await withLedger(services, (ledger) => listDescribedModels(ledger, tenant_id));
  return { own: modelsToWire(rows, services.env), quota: await quotaOf(services, tenant_id) };
}

async function deleted(services: Services, name: string, version: number | null): Promise<void> {
  refuseBuiltIn(name);
  const { tenant_id } = services.caller;
  const gone = { tenant_id, name, version, now_ms: Date.now() };
  const versions = await withLedger(services, (ledger) => deleteModel(ledger, gone));
  if (versions === 0) throw notThere(name, version ?? undefined);
  await modelsChanged(services, tenant_id);
  sweepBehind(services, tenant_id);
}

const notThere = (name: string, version: number | undefined): ProblemError =>
  new ProblemError(
    "model_not_found",
    version === undefined
      ? `There is no model "${name}"`
      : `There is no version ${version} of a model "${name}"`,
  );
