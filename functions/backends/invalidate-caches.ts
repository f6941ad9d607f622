/**
 * Tells the ledger caches of every region that the ledger has changed, before the change is answered: what
 * they know outlasts a ledger that is away, so it must not be from before.
 * @module
 */
import { allLedgerCaches, type Stub } from "../../durable-objects/names.ts";
import { withDeadline } from "../../durable-objects/shared/deadline.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Ctx } from "../context.ts";

const ANSWER_MS_MAX = 3_000;

type Tell = (cache: Stub<"LEDGER_CACHES">) => PromiseLike<unknown>;

/** Twice at most. @returns whether all have heard it; the others ask the ledger within 5 s of being used */
export async function invalidateCaches(c: Ctx, tell: Tell): Promise<boolean> {
  const deaf = await tellEach(c, allLedgerCaches(c.env), tell);
  return deaf.length === 0 || (await tellEach(c, deaf, tell)).length === 0;
}

/** Throws where one has not heard it: the change is in the ledger, and may be sent again. */
export async function invalidateAllCaches(c: Ctx, tell: Tell): Promise<void> {
  if (await invalidateCaches(c, tell)) return;
  throw new ProblemError(
    "gatekeeper_unavailable",
    "The ledger has it, but not every region was told: send it again",
    { headers: { "Retry-After": "2" } },
  );
}

/** @returns those that did not answer */
async function tellEach(
  c: Ctx,
  caches: Stub<"LEDGER_CACHES">[],
  tell: Tell,
): Promise<Stub<"LEDGER_CACHES">[]> {
  const deaf: Stub<"LEDGER_CACHES">[] = [];
  await Promise.all(caches.map(async (cache) => {
    try {
      await withDeadline(ANSWER_MS_MAX, tell(cache));
    } catch (error) {
      console.warn(c.get("request_id"), `A ledger cache was not told: ${error}`);
      deaf.push(cache);
    }
  }));
  return deaf;
}
