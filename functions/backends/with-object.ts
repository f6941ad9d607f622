/**
 * Asks an object within a request; one that does not answer is a 503, never a 500. The counterpart of
 * with-ledger.ts.
 * @module
 */
import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import type { Ctx } from "../context.ts";

const RETRY_AFTER_S = "2";

interface Away {
  code: ProblemCode;
  /** What the client is told. */
  detail: string;
}

export async function withObject<T>(
  c: Ctx,
  { code, detail }: Away,
  ask: () => PromiseLike<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    console.warn(c.get("request_id"), `An object did not answer: ${error}`);
    throw new ProblemError(code, detail, { headers: { "Retry-After": RETRY_AFTER_S } });
  }
}
