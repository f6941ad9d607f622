/**
 * Asks the ledger within a request; a ledger that does not answer is a 503, never a 500.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { reasonOf } from "../../ledger/reason.ts";
import type { Ctx } from "../context.ts";

const RETRY_AFTER_S = "2";

export async function withLedger<T>(c: Ctx, ask: (ledger: Ledger) => Promise<T>): Promise<T> {
  const { url, token } = settingsOf(c.env).ledger;
  try {
    return await ask(openLedger({ url, authToken: token }));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    console.warn(c.get("request_id"), `The ledger did not answer: ${reasonOf(error)}`);
    throw new ProblemError("ledger_unavailable", "The ledger does not answer just now", {
      headers: { "Retry-After": RETRY_AFTER_S },
    });
  }
}
