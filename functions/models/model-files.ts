/**
 * The bucket of models: a file lies under a random key below its tenant's id, its skeleton (the same file
 * without the elements of large constants) beside it. Only a row of the ledger gives a key a meaning.
 * @module
 */
import { unavailable } from "../backends/unavailable.ts";
import type { Services } from "../services.ts";

/** Nothing of a name or a digest is in it, so that a repeated upload never writes where another reads. */
export const newObjectKey = (tenant_id: string): string => `${tenant_id}/${crypto.randomUUID()}`;

const SKELETON = ".skeleton";

/** The key of a skeleton. */
export const skeletonKey = (object: string): string => `${object}${SKELETON}`;

/** The key of the file that a key of the bucket belongs to: its own, or that of the skeleton's file. */
export const objectOf = (key: string): string =>
  key.endsWith(SKELETON) ? key.slice(0, -SKELETON.length) : key;

/**
 * Asks the bucket within a request; one that does not answer is a 503, never a 500.
 * @throws ProblemError `models_unavailable`
 */
export async function withBucket<T>(
  { env, log }: Pick<Services, "env" | "log">,
  ask: (bucket: R2Bucket) => Promise<T>,
): Promise<T> {
  try {
    return await ask(env.MODELS);
  } catch (error) {
    log.warn("The bucket of models did not answer", { error });
    throw unavailable("models");
  }
}

/** Removes a file and its skeleton. @throws ProblemError `models_unavailable` */
export const removeFiles = (
  services: Pick<Services, "env" | "log">,
  objects: readonly string[],
): Promise<void> =>
  withBucket(
    services,
    (bucket) => bucket.delete(objects.flatMap((object) => [object, skeletonKey(object)])),
  );
