/**
 * Fetches the file of an uploaded model from the bucket, and believes it only if it is what was uploaded.
 * @module
 */
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import { ModelFailure } from "../engine.ts";

/** A bucket: the part that is used here. */
export interface Files {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

/**
 * Reads a file whole.
 * @param error is told of a file that is not what was uploaded, or not there
 * @returns its bytes, whose SHA-256 is the model's
 * @throws ModelFailure `models_unavailable`
 */
export async function readModelFile(
  files: Files,
  { object, sha256, file_bytes, tenant_id }: UploadedModel,
  error: (what: string, fields: Record<string, unknown>) => void,
): Promise<ArrayBuffer> {
  const bytes = await files.get(object).then((found) => found?.arrayBuffer() ?? null).catch(
    (reason: unknown) => {
      error("The bucket of models does not answer", { tenant_id, object, error: reason });
      throw new ModelFailure("models_unavailable", "The model's file cannot be read now");
    },
  );
  if (!bytes) {
    error("The file of a model is not in the bucket", { tenant_id, object });
    throw new ModelFailure("models_unavailable", "The model's file is not there");
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (bytes.byteLength === file_bytes && digest === sha256) return bytes;
  error("The file of a model is not what was uploaded", { tenant_id, object, sha256, digest });
  throw new ModelFailure("models_unavailable", "The model's file is not what was uploaded");
}
