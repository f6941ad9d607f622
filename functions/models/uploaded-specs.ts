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
import { unavailable } from "../backends/unavailable.ts";
import type { Services } from "../services.ts";
import { skeletonKey, withBucket } from "./model-files.ts";

// Of skeletons: a spec, which holds the graph as objects, takes several times as much.
const KEPT_BYTES_MAX = 4 * 2 ** 20;
const KEPT_MAX = 64;

interface Kept {
  spec: ModelSpec;
  bytes: number;
}

/** By the file's key, which names one version for ever; the one that was used last is the last. */
const kept = new Map<string, Kept>();
let kept_bytes = 0;

/**
 * The spec of a live version.
 * @throws ProblemError `models_unavailable` if its skeleton cannot be read, `model_not_found` if it is
 *   deleted, `model_invalid` if this release takes it no longer
 */
export async function specOf(services: Services, model: LiveModel): Promise<ModelSpec> {
  const known = kept.get(model.object);
  if (known) {
    kept.delete(model.object);
    kept.set(model.object, known);
    return known.spec;
  }
  const skeleton = await skeletonOf(services, model);
  const { tenant_id, name, version, sha256, object, file_bytes } = model;
  const uploaded = { tenant_id, name, version: String(version), sha256, object, file_bytes };
  const spec = specFrom(skeleton, uploaded);
  keep(object, { spec, bytes: skeleton.byteLength });
  return spec;
}

function specFrom(skeleton: Uint8Array, uploaded: UploadedModel): ModelSpec {
  try {
    return uploadedSpec(skeleton, uploaded);
  } catch (error) {
    // An earlier release has taken it, by its own rules.
    if (error instanceof ModelError) throw new ProblemError("model_invalid", error.message);
    throw error;
  }
}

async function skeletonOf(services: Services, model: LiveModel): Promise<Uint8Array> {
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
  if (one.bytes > KEPT_BYTES_MAX || kept.has(object)) return;
  kept.set(object, one);
  kept_bytes += one.bytes;
  for (const [oldest, { bytes }] of kept) {
    if (kept_bytes <= KEPT_BYTES_MAX && kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
    kept_bytes -= bytes;
  }
}
