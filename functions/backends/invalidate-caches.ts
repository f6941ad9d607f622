/**
 * Tells the gatekeepers of every region that the ledger has changed, before the change is answered: what
 * they know outlasts a ledger that is away, so it must not be from before.
 * @module
 */
import type { Gatekeeper } from "../../durable-objects/ledger-cache/ledger-cache.ts";
import { allGatekeepers } from "../../durable-objects/names.ts";
import { within } from "../../durable-objects/shared/deadline.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Ctx } from "../context.ts";

const ANSWER_MS_MAX = 3_000;

type Tell = (gatekeeper: DurableObjectStub<Gatekeeper>) => PromiseLike<unknown>;

/** Twice at most. @returns whether all have heard it; the others ask the ledger within 5 s of being used */
export async function tellGatekeepers(c: Ctx, tell: Tell): Promise<boolean> {
  const deaf = await tellEach(c, allGatekeepers(c.env), tell);
  return deaf.length === 0 || (await tellEach(c, deaf, tell)).length === 0;
}

/** Throws where one has not heard it: the change is in the ledger, and may be sent again. */
export async function tellAllGatekeepers(c: Ctx, tell: Tell): Promise<void> {
  if (await tellGatekeepers(c, tell)) return;
  throw new ProblemError(
    "gatekeeper_unavailable",
    "The ledger has it, but not every region was told: send it again",
    { headers: { "Retry-After": "2" } },
  );
}

/** @returns those that did not answer */
async function tellEach(
  c: Ctx,
  gatekeepers: DurableObjectStub<Gatekeeper>[],
  tell: Tell,
): Promise<DurableObjectStub<Gatekeeper>[]> {
  const deaf: DurableObjectStub<Gatekeeper>[] = [];
  await Promise.all(gatekeepers.map(async (gatekeeper) => {
    try {
      await within(ANSWER_MS_MAX, tell(gatekeeper));
    } catch (error) {
      console.warn(c.get("request_id"), `A gatekeeper was not told: ${error}`);
      deaf.push(gatekeeper);
    }
  }));
  return deaf;
}
