/**
 * Tells the gatekeepers of every region that the ledger has changed, before the change is answered: what
 * they know outlasts a ledger that is away, so it must not be from before.
 * @module
 */
import type { Gatekeeper } from "../durable-objects/gatekeeper.ts";
import { allGatekeepers } from "../durable-objects/names.ts";
import type { Ctx } from "./context.ts";

/** One that cannot be told lets nobody in either; once it is back it asks the ledger within 5 s. */
export async function tellGatekeepers(
  c: Ctx,
  tell: (gatekeeper: DurableObjectStub<Gatekeeper>) => PromiseLike<unknown>,
): Promise<void> {
  const told = await Promise.allSettled(allGatekeepers(c.env).map(tell));
  const failures = told.filter((one) => one.status === "rejected");
  if (failures.length === 0) return;
  const [{ reason }] = failures;
  console.warn(c.get("request_id"), `${failures.length} gatekeepers were not told: ${reason}`);
}
