/**
 * What lies beside a file in the bucket: its skeleton, and before it the facts that the inspection found,
 * which takes too long to do again in each isolate.
 * The length of the facts (4 bytes, little-endian), the facts as JSON, the skeleton.
 * @module
 */
import type { ModelFacts } from "../../models/upload/facts.ts";

/**
 * Of the facts' form and of what the inspection refuses: facts of another version do not count, and the
 * skeleton is inspected anew.
 */
const VERSION = 1;
const LENGTH_BYTES = 4;

/** A skeleton and its facts; null: another release has found them. */
export interface SkeletonFile {
  facts: ModelFacts | null;
  skeleton: Uint8Array;
}

/**
 * Writes it.
 * @param skeleton as SkeletonReader gave it
 */
export function packSkeleton(facts: ModelFacts, skeleton: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify({ v: VERSION, facts }));
  const packed = new Uint8Array(LENGTH_BYTES + text.length + skeleton.length);
  new DataView(packed.buffer).setUint32(0, text.length, true);
  packed.set(text, LENGTH_BYTES);
  packed.set(skeleton, LENGTH_BYTES + text.length);
  return packed;
}

/**
 * Reads what packSkeleton() wrote, of any release.
 * @param packed whole: its digest has been checked
 */
export function unpackSkeleton(packed: Uint8Array<ArrayBuffer>): SkeletonFile {
  const begins = LENGTH_BYTES + new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
  const { v, facts } = JSON.parse(
    new TextDecoder().decode(packed.subarray(LENGTH_BYTES, begins)),
  );
  return { facts: v === VERSION ? facts : null, skeleton: packed.subarray(begins) };
}
