/**
 * A model that a tenant has uploaded, as rooms and objects speak of it: by name and digest, never by an
 * address that a caller chose.
 * @module
 */

/** One version of an uploaded model, immutable. */
export interface UploadedModel {
  tenant_id: string;
  name: string;
  /** Counted from 1, as text: the wire's versions are text. */
  version: string;
  /** SHA-256 of the ONNX file: 64 hexadecimal digits. */
  sha256: string;
  /** The key of the file in the bucket MODELS, made by us. */
  object: string;
  /** Size of the ONNX file. */
  file_bytes: number;
}

/**
 * The name by which a node's memory and the isolates' caches know the model. It holds the tenant: where two
 * tenants upload the same bytes, neither sees by its loading time that the other has.
 * @returns the tenant and the digest; no tenant's id has a slash
 */
export const residentName = ({ tenant_id, sha256 }: UploadedModel): string =>
  `${tenant_id}/${sha256}`;
