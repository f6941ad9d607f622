/**
 * Adds, lists and deletes versions of tenants' models. Quotas hold exactly, however many upload at once:
 * one transaction counts and adds.
 * Not its job: files (the bucket), and what a file means (models/upload).
 * @module
 */

import { and, asc, eq, getTableColumns, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { models } from "./schema/models.ts";
import { tenants } from "./schema/tenants.ts";

type Row = typeof models.$inferSelect;

/** A live version as inferences need it; sizes in bytes, digests hexadecimal. */
export type LiveModel = Omit<Row, "object" | "facts" | "deleted_at_ms"> & { object: string };
/** A live version with its facts, JSON. */
export type DescribedModel = LiveModel & { facts: string };
/** A version as it is added: the ledger chooses its number. */
export type NewModel = Omit<DescribedModel, "version">;

/** What a tenant may have of models, and has. A version that is deleted and not yet removed is stored. */
export interface ModelUsage {
  model_bytes_max: number;
  /** A count of versions, as those below. */
  models_max: number;
  live: StoredModels;
  stored: StoredModels;
}

interface StoredModels {
  bytes: number;
  /** How many versions. */
  models: number;
}

/** What became of an upload; `there`: a live version of this name has the same bytes. */
export type InsertedModel =
  | { ok: true; made: boolean; model: LiveModel }
  | { ok: false; usage: ModelUsage };

/** The most that an admin may set: a list of all of a tenant's versions is one answer. */
export const MODELS_MAX = 500;
/**
 * What is deleted lies in the bucket for some minutes more (functions/models/sweep.ts) and does not count
 * against the quota. So that nobody fills the bucket by uploading and deleting, live and deleted files
 * together are bounded, too: by so many times the quota.
 */
export const STORED_PER_QUOTA = 2;

const { object: _object, facts: _facts, deleted_at_ms: _deleted, ...shown } = getTableColumns(
  models,
);
// Live implies stored, and says so for the index.
const object = sql<string>`${models.object}`;
const live = { ...shown, object };
const isStored = (tenant_id: string) =>
  and(eq(models.tenant_id, tenant_id), isNotNull(models.object));
const isLive = (tenant_id: string) => and(isStored(tenant_id), isNull(models.deleted_at_ms));

/**
 * A tenant's live versions, by name and number.
 * @param tenant_id the tenant's id
 */
export function listLiveModels(ledger: Ledger, tenant_id: string): Promise<LiveModel[]> {
  return ledger.select(live).from(models).where(isLive(tenant_id))
    .orderBy(asc(models.name), asc(models.version)).limit(MODELS_MAX);
}

/**
 * The same with their facts.
 * @param tenant_id the tenant's id
 * @param name the versions of this model alone
 */
export function listDescribedModels(
  ledger: Ledger,
  tenant_id: string,
  name?: string,
): Promise<DescribedModel[]> {
  const named = name === undefined ? undefined : eq(models.name, name);
  return ledger.select({ ...live, facts: models.facts }).from(models)
    .where(and(isLive(tenant_id), named))
    .orderBy(asc(models.name), asc(models.version)).limit(MODELS_MAX);
}

/**
 * Finds the live version of a name with some bytes.
 * @returns null if there is none
 */
export async function findSameModel(
  ledger: Ledger,
  { tenant_id, name, sha256 }: Pick<LiveModel, "tenant_id" | "name" | "sha256">,
): Promise<LiveModel | null> {
  const [same] = await selectSame(ledger, { tenant_id, name, sha256 });
  return same ?? null;
}

/**
 * Reads a tenant's quota of models, and what it uses of it.
 * @param tenant_id the tenant's id
 * @returns null if there is no such tenant
 */
export async function readModelUsage(
  ledger: Ledger,
  tenant_id: string,
): Promise<ModelUsage | null> {
  const [found] = await selectUsage(ledger, tenant_id);
  return found ? usageOf(found) : null;
}

/**
 * Adds a version under the next number, if the tenant's quota has room for it. The same bytes under the
 * same name are the version that is there. Adding the same object again is fine: an answer that was lost
 * may have committed it.
 * @throws Error if there is no such tenant
 */
export async function insertModel(ledger: Ledger, model: NewModel): Promise<InsertedModel> {
  const { tenant_id, name, sha256, file_bytes } = model;
  const same = sql`SELECT 1 FROM models WHERE tenant_id = ${tenant_id} AND name = ${name}
    AND sha256 = ${sha256} AND object IS NOT NULL AND deleted_at_ms IS NULL`;
  const [, [found], [usage]] = await ledger.batch([
    ledger.run(sql`
      INSERT INTO models (tenant_id, name, version, sha256, object, file_bytes, skeleton_sha256,
        skeleton_bytes, facts, created_at_ms)
      SELECT t.id, ${name}, 1 + coalesce(
          (SELECT max(version) FROM models WHERE tenant_id = ${tenant_id} AND name = ${name}), 0),
        ${sha256}, ${model.object}, ${file_bytes}, ${model.skeleton_sha256},
        ${model.skeleton_bytes}, ${model.facts}, ${model.created_at_ms}
      FROM tenants t, (
        SELECT coalesce(sum(file_bytes), 0) AS bytes, count(*) AS models,
          coalesce(sum(file_bytes) FILTER (WHERE deleted_at_ms IS NULL), 0) AS live_bytes,
          count(*) FILTER (WHERE deleted_at_ms IS NULL) AS live_models
        FROM models WHERE tenant_id = ${tenant_id} AND object IS NOT NULL
      ) stored
      WHERE t.id = ${tenant_id} AND NOT EXISTS (${same})
        AND live_bytes + ${file_bytes} <= t.model_bytes_max
        AND live_models + 1 <= t.models_max
        AND bytes + ${file_bytes} <= ${STORED_PER_QUOTA} * t.model_bytes_max
        AND stored.models + 1 <= ${STORED_PER_QUOTA} * t.models_max`),
    selectSame(ledger, model),
    selectUsage(ledger, tenant_id),
  ]);
  if (found) return { ok: true, made: found.object === model.object, model: found };
  if (!usage) throw new Error("The tenant of a verified key is not in the ledger");
  return { ok: false, usage: usageOf(usage) };
}

/**
 * Deletes a model's live versions, or one of them, for good; their files stay for some time.
 * @returns how many versions it has deleted
 */
export async function deleteModel(
  ledger: Ledger,
  { tenant_id, name, version, now_ms }: {
    tenant_id: string;
    name: string;
    /** Its number; null: all. */
    version: number | null;
    now_ms: number;
  },
): Promise<number> {
  const one = version === null ? undefined : eq(models.version, version);
  const { rowsAffected } = await ledger.update(models).set({ deleted_at_ms: now_ms })
    .where(and(isLive(tenant_id), eq(models.name, name), one));
  return rowsAffected;
}

/**
 * The files that a tenant has a row for, live or deleted: at most STORED_PER_QUOTA times its quota.
 * @param tenant_id the tenant's id
 * @returns keys in the bucket, each with when it was deleted, real clock; null while it lives
 */
export function listStoredObjects(
  ledger: Ledger,
  tenant_id: string,
): Promise<{ object: string; deleted_at_ms: number | null }[]> {
  return ledger.select({ object, deleted_at_ms: models.deleted_at_ms }).from(models)
    .where(isStored(tenant_id));
}

/**
 * Notes that the files of deleted versions are no longer in the bucket; forgets what was in them.
 * @param objects their keys
 */
export async function noteRemoved(ledger: Ledger, objects: readonly string[]): Promise<void> {
  await ledger.update(models).set({ object: null, facts: "{}" })
    .where(and(inArray(models.object, [...objects]), isNotNull(models.deleted_at_ms)));
}

/**
 * Sets what a tenant may have of models.
 * @param tenant_id the tenant's id
 * @returns false if there is no such tenant
 */
export async function writeModelQuota(
  ledger: Ledger,
  tenant_id: string,
  quota: Pick<ModelUsage, "model_bytes_max" | "models_max">,
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(tenants).set(quota).where(eq(tenants.id, tenant_id));
  return rowsAffected === 1;
}

const selectSame = (
  ledger: Ledger,
  { tenant_id, name, sha256 }: Pick<LiveModel, "tenant_id" | "name" | "sha256">,
) =>
  ledger.select(live).from(models)
    .where(and(isLive(tenant_id), eq(models.name, name), eq(models.sha256, sha256))).limit(1);

const bytes = sql<number>`coalesce(sum(${models.file_bytes}), 0)`;
const ofLive = sql`FILTER (WHERE ${models.deleted_at_ms} IS NULL)`;

const selectUsage = (ledger: Ledger, tenant_id: string) =>
  ledger.select({
    model_bytes_max: tenants.model_bytes_max,
    models_max: tenants.models_max,
    bytes,
    models: sql<number>`count(${models.object})`,
    live_bytes: sql<number>`coalesce(sum(${models.file_bytes}) ${ofLive}, 0)`,
    live_models: sql<number>`count(${models.object}) ${ofLive}`,
  }).from(tenants)
    .leftJoin(models, and(eq(models.tenant_id, tenants.id), isNotNull(models.object)))
    .where(eq(tenants.id, tenant_id)).groupBy(tenants.id);

function usageOf(
  { bytes, models, live_bytes, live_models, ...quota }: {
    model_bytes_max: number;
    models_max: number;
    bytes: number;
    models: number;
    live_bytes: number;
    live_models: number;
  },
): ModelUsage {
  return {
    ...quota,
    live: { bytes: live_bytes, models: live_models },
    stored: { bytes, models },
  };
}
