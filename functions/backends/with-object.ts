/**
 * Asks an object within a request; one that does not answer is a 503, never a 500. The counterpart of
 * with-ledger.ts.
 * @module
 */
import type { Services } from "../services.ts";
import { type Unavailable, unavailable } from "./unavailable.ts";

/**
 * Asks an object.
 * @param what the part that is missing if the object does not answer: it decides what the client is
 * told
 * @throws ProblemError, as unavailable() makes it, if `ask` fails
 */
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
