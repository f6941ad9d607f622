/**
 * Asks an object within a request; one that does not answer is a 503, never a 500. The counterpart of
 * with-ledger.ts.
 * @module
 */
import type { Services } from "../services.ts";
import { type Unavailable, unavailable } from "./unavailable.ts";

/** @param what is not to be had while the object does not answer: decides what the client is told */
export async function withObject<T>(
  { log }: Services,
  what: Unavailable,
  ask: () => PromiseLike<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    log.warn("An object did not answer", { wanted: what, error });
    throw unavailable(what);
  }
}
