/**
 * `PUT /v1/models/{name}`: takes an ONNX file of the caller's as a version of a model. The same bytes again
 * are the same version, so a PUT may be repeated until it is answered, and needs no Idempotency-Key.
 *
 * In this order, so that nothing is lost or half there, wherever it is killed: the file, its skeleton, the
 * ledger's row. The row makes the version exist; files without one are swept (sweep.ts).
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ModelJson, ModelName } from "../../contract/model-registry.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, KEY, problems } from "../../contract/responses.ts";
import { findSameModel, insertModel, type LiveModel, type NewModel } from "../../ledger/models.ts";
import { FILE_BYTES_MAX } from "../../models/upload/limits.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { App } from "../context.ts";
import { authenticate } from "../middleware/auth.ts";
import type { Services } from "../services.ts";
import { refuseBuiltIn } from "./built-in-names.ts";
import { type Inspected, Inspection } from "./inspection.ts";
import { modelsChanged } from "./known-models.ts";
import { newObjectKey, removeFiles, skeletonKey, withBucket } from "./model-files.ts";
import { overQuota, refuseOverQuota } from "./quota.ts";
import { receive } from "./receive.ts";
import { describedModel } from "./registry.ts";
import { ROW_WITHIN_MS, sweepBehind } from "./sweep.ts";
import { toldDigest, toldLength } from "./upload-headers.ts";
import { takeUploadSlot } from "./upload-slots.ts";

const upload = createRoute({
  method: "put",
  path: "/v1/models/{name}",
  operationId: "uploadModel",
  tags: ["models"],
  summary: "Upload an ONNX file as a version of a model; the same bytes again are the same version",
  security: KEY,
  middleware: authenticate("models"),
  request: {
    params: z.object({ name: ModelName }),
    headers: z.object({
      "Content-Digest": z.string().optional().openapi({
        description: "RFC 9530, such as sha-256=:<base64>:; a file with another digest is refused",
      }),
    }),
    body: {
      required: true,
      description: `An ONNX file of at most ${FILE_BYTES_MAX} bytes`,
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
  },
  responses: {
    200: json("These bytes were a version of the model already", ModelJson),
    201: json("They are now", ModelJson),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "request_timeout",
      "conflict",
      "length_required",
      "body_too_large",
      "unsupported_media_type",
      "model_quota",
      "model_invalid",
      "rate_limited",
      "overloaded",
      "models_unavailable",
      "ledger_unavailable",
    ),
  },
});

/** Adds the route. */
export function serveUpload(app: App): void {
  app.openapi(upload, async (c) => {
    const { services } = c.var;
    const { tenant_id } = services.caller;
    const { name } = c.req.valid("param");
    refuseBuiltIn(name);
    const bytes = toldLength(services.headers, FILE_BYTES_MAX);
    const told = toldDigest(services.headers);
    await refuseOverQuota(services, { name, bytes });
    sweepBehind(services, tenant_id);
    const giveBack = takeUploadSlot(tenant_id);
    try {
      const { model, made } = await stored(services, c.req.raw, { name, bytes, told });
      if (made) await modelsChanged(services, tenant_id);
      const shown = await describedModel(services, { tenant_id, name, version: model.version });
      return c.json(shown, made ? 201 : 200);
    } finally {
      giveBack();
    }
  });
}

interface Wanted {
  name: string;
  bytes: number;
  /** The digest that the file must have, hexadecimal; null if the caller tells none. */
  told: string | null;
}

async function stored(
  services: Services,
  request: Request,
  wanted: Wanted,
): Promise<{ model: LiveModel; made: boolean }> {
  const { tenant_id } = services.caller;
  const { name, bytes } = wanted;
  const object = newObjectKey(tenant_id);
  let same: LiveModel | null = null;
  const checked = await receive(services, {
    request,
    object,
    bytes,
    reader: new Inspection(bytes),
    async check(inspect, sha256) {
      if (wanted.told !== null && wanted.told !== sha256) {
        throw new ProblemError("invalid_request", `Content-Digest is not the file's: ${sha256}`);
      }
      same = await withLedger(services, (l) => findSameModel(l, { tenant_id, name, sha256 }));
      return same ? null : { sha256, ...await inspect() };
    },
  });
  if (!checked) return { model: same!, made: false };
  return await withRow(services, { tenant_id, name, object, file_bytes: bytes, ...checked });
}

/** Adds the row of a file that is in the bucket; one that gets none is removed. */
async function withRow(
  services: Services,
  file: Pick<NewModel, "tenant_id" | "name" | "object" | "file_bytes" | "sha256"> & Inspected,
): Promise<{ model: LiveModel; made: boolean }> {
  const { packed, facts, ...rest } = file;
  const { object } = rest;
  const began = Date.now();
  await withBucket(services, (bucket) => bucket.put(skeletonKey(object), packed));
  if (Math.abs(Date.now() - began) > ROW_WITHIN_MS) throw unavailable("models");
  const row: NewModel = {
    ...rest,
    skeleton_sha256: await sha256Of(packed),
    skeleton_bytes: packed.byteLength,
    facts: JSON.stringify(facts),
    created_at_ms: Date.now(),
  };
  // If the ledger does not answer it may have the row all the same: then the files stay, and are swept
  // if it has not.
  const inserted = await withLedger(services, (ledger) => insertModel(ledger, row));
  if (inserted.ok && inserted.made) return inserted;
  services.after(removeFiles(services, [object]).catch(() => {}));
  if (inserted.ok) return inserted;
  throw overQuota(inserted.usage, rest.file_bytes);
}

const sha256Of = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
