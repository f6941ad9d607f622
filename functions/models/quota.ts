/**
 * How much of models a tenant may have: `/v1/tenants/{tenant}/model-quota` for admins, and the refusals.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { TenantId } from "../../contract/account.ts";
import { ModelQuotaJson, NewModelQuota } from "../../contract/model-registry.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, OF_TENANT, problems } from "../../contract/responses.ts";
import {
  type ModelUsage,
  readModelUsage,
  STORED_PER_QUOTA,
  writeModelQuota,
} from "../../ledger/models.ts";
import { withLedger } from "../backends/with-ledger.ts";
import type { App } from "../context.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { limitedJson } from "../middleware/body.ts";
import { noTenant } from "../params/tenant.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { knownModels } from "./known-models.ts";

const params = z.object({ tenant: TenantId });
const PATH = "/v1/tenants/{tenant}/model-quota";

const read = createRoute({
  method: "get",
  path: PATH,
  operationId: "readModelQuota",
  tags: ["models"],
  summary: "A tenant's quota of models, and what it uses of it",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params },
  responses: {
    200: json("The quota", ModelQuotaJson),
    ...problems(...OF_TENANT),
  },
});

const set = createRoute({
  method: "put",
  path: PATH,
  operationId: "setModelQuota",
  tags: ["models"],
  summary: "Set a tenant's quota of models; what it has beyond a lower one stays",
  security: ADMIN,
  middleware: [authenticateAdmin, limitedJson] as const,
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: NewModelQuota } } },
  },
  responses: {
    200: json("The quota", ModelQuotaJson),
    ...problems(...OF_TENANT),
  },
});

/** Adds the routes that show and set a tenant's quota. */
export function serveModelQuota(app: App): void {
  app.openapi(
    read,
    async (c) => c.json(await quotaOf(c.var.services, c.req.valid("param").tenant), 200),
  );
  app.openapi(set, async (c) => {
    const { services } = c.var;
    const { tenant } = c.req.valid("param");
    const quota = c.req.valid("json");
    if (!await withLedger(services, (ledger) => writeModelQuota(ledger, tenant, quota))) {
      throw noTenant(tenant);
    }
    return c.json(await quotaOf(services, tenant), 200);
  });
}

/**
 * Refuses an upload that its Content-Length alone takes over the quota, before any of it is read. One
 * that may be a version which is there is let through, as it may be repeated.
 * @throws ProblemError `model_quota`, or `overloaded` while deleted files take the room
 */
export async function refuseOverQuota(
  services: Services,
  { name, bytes }: { name: string; bytes: number },
): Promise<void> {
  const { tenant_id } = services.caller;
  const usage = await withLedger(services, (ledger) => readModelUsage(ledger, tenant_id));
  if (!usage) throw noTenant(tenant_id);
  const { live, stored, model_bytes_max, models_max } = usage;
  const fits = live.bytes + bytes <= model_bytes_max && live.models < models_max &&
    stored.bytes + bytes <= STORED_PER_QUOTA * model_bytes_max &&
    stored.models < STORED_PER_QUOTA * models_max;
  if (fits) return;
  const versions = await knownModels(services, tenant_id);
  if (versions.some((model) => model.name === name && model.file_bytes === bytes)) return;
  throw overQuota(usage, bytes);
}

/** The problem of an upload for which a tenant has no room. */
export function overQuota(
  { live, model_bytes_max, models_max }: ModelUsage,
  bytes: number,
): ProblemError {
  if (live.models >= models_max) {
    return new ProblemError(
      "model_quota",
      `There are ${live.models} versions of models, and the quota is ${models_max}: delete one`,
    );
  }
  if (live.bytes + bytes > model_bytes_max) {
    return new ProblemError(
      "model_quota",
      `The file takes ${bytes} bytes, and ${Math.max(0, model_bytes_max - live.bytes)} are left ` +
        `of the quota of ${model_bytes_max}: delete a model`,
    );
  }
  return new ProblemError("overloaded", "Deleted models still take the room, for some minutes", {
    headers: retryAfter(30_000),
  });
}

/**
 * A tenant's quota, and what it uses of it.
 * @throws ProblemError `not_found` if there is no such tenant, `ledger_unavailable`
 */
export async function quotaOf(
  services: Services,
  tenant: string,
): Promise<z.infer<typeof ModelQuotaJson>> {
  const usage = await withLedger(services, (ledger) => readModelUsage(ledger, tenant));
  if (!usage) throw noTenant(tenant);
  const { model_bytes_max, models_max, live } = usage;
  return { model_bytes_max, models_max, model_bytes: live.bytes, models: live.models };
}
