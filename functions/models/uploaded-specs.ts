/**
 * What uploaded models take, give and cost: made from their skeletons, which come from the bucket, are
 * checked against the ledger's digest, and are kept by the isolate within a bound.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import type { LiveModel } from "../../ledger/models.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { uploadedSpec } from "../../models/upload/spec.ts";
import { cacheLookups, watchCache } from "../../telemetry/cache-metrics.ts";
import { unavailable } from "../backends/unavailable.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { skeletonKey, withBucket } from "./model-files.ts";
import { type SkeletonFile, unpackSkeleton } from "./skeleton-file.ts";

// Of skeletons: a spec, which holds the graph as objects, takes up to ten times as much. The newest is kept
// however large it is, or each request would read it anew.
const KEPT_BYTES_MAX = 2 * 2 ** 20;
const KEPT_MAX = 64;
// Of skeletons that are read at once: a hundred asks for a model that is not kept yet must not all read it.
const LOADING_BYTES_MAX = 4 * 2 ** 20;
// A load that began longer ago was cut off together with its request.
const LOADING_MS_MAX = 5_000;
const WAIT_MS_MAX = 10_000;
// A request that waits for another's load looks again at this interval: in workerd it cannot wait for the
// other's promise.
const LOOK_MS = 10;

interface Kept {
  spec: ModelSpec;
  bytes: number;
}

interface Load {
  bytes: number;
  since_ms: number;
}

/** By the file's key, which names one version for ever; the one that was used last is the last. */
const kept = new Map<string, Kept>();
let kept_bytes = 0;
watchCache("model_specs", () => kept.size);
const lookups = cacheLookups("model_specs");
const loading = new Map<string, Load>();

/**
 * The spec of a live version.
 * @throws ProblemError `models_unavailable` if its skeleton cannot be read, `model_not_found` if it is
 *   deleted, `model_invalid` if this release takes it no longer, `overloaded` if too many are read at once
 */
export async function specOf(services: Services, model: LiveModel): Promise<ModelSpec> {
  const { object, skeleton_bytes: bytes } = model;
  const began = Date.now();
  for (;;) {
    const known = used(object);
    if (known) {
      lookups.hits.value++;
      return known;
    }
    if (mayLoad(object, bytes)) break;
    if (Math.abs(Date.now() - began) > WAIT_MS_MAX) throw full();
    await scheduler.wait(LOOK_MS);
  }
  lookups.misses.value++;
  const load = { bytes, since_ms: Date.now() };
  loading.set(object, load);
  try {
    const spec = specFrom(unpackSkeleton(await packedOf(services, model)), uploadedOf(model));
    keep(object, { spec, bytes });
    return spec;
  } finally {
    if (loading.get(object) === load) loading.delete(object);
  }
}

function used(object: string): ModelSpec | null {
  const known = kept.get(object);
  if (!known) return null;
  kept.delete(object);
  kept.set(object, known);
  return known.spec;
}

function mayLoad(object: string, bytes: number): boolean {
  let under_way = 0;
  for (const [one, load] of loading) {
    if (Math.abs(Date.now() - load.since_ms) > LOADING_MS_MAX) loading.delete(one);
    else under_way += load.bytes;
  }
  return !loading.has(object) && (under_way === 0 || under_way + bytes <= LOADING_BYTES_MAX);
}

const full = (): ProblemError =>
  new ProblemError("overloaded", "Other models are being read: ask again", {
    headers: retryAfter(),
  });

const uploadedOf = (
  { tenant_id, name, version, sha256, object, file_bytes }: LiveModel,
): UploadedModel => ({
  tenant_id,
  name,
  version: String(version),
  sha256,
  object,
  file_bytes,
});

function specFrom({ skeleton, facts }: SkeletonFile, uploaded: UploadedModel): ModelSpec {
  try {
    return uploadedSpec(skeleton, uploaded, facts ?? undefined);
  } catch (error) {
    // An earlier release has taken it, by its own rules.
    if (error instanceof ModelError) throw new ProblemError("model_invalid", error.message);
    throw error;
  }
}

async function packedOf(
  services: Services,
  model: LiveModel,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await withBucket(services, async (bucket) => {
    const file = await bucket.get(skeletonKey(model.object));
    return file && { size: file.size, bytes: await file.arrayBuffer() };
  });
  if (!found) {
    throw new ProblemError("model_not_found", `Model "${model.name}" has been deleted`);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", found.bytes)).toHex();
  if (digest === model.skeleton_sha256) return new Uint8Array(found.bytes);
  services.log.error("A skeleton in the bucket is not what was put there", {
    object: model.object,
    size: found.size,
  });
  throw unavailable("models");
}

function keep(object: string, one: Kept): void {
  kept_bytes += one.bytes - (kept.get(object)?.bytes ?? 0);
  kept.delete(object);
  kept.set(object, one);
  for (const [oldest, { bytes }] of kept) {
    if (kept.size === 1 || (kept_bytes <= KEPT_BYTES_MAX && kept.size <= KEPT_MAX)) break;
    kept.delete(oldest);
    kept_bytes -= bytes;
  }
}
