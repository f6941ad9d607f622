/**
 * Asks the ledger within a request; a ledger that does not answer is a 503, never a 500.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { reasonOf } from "../../ledger/reason.ts";
import type { Services } from "../services.ts";
import { unavailable } from "./unavailable.ts";

/**
 * Asks the ledger. A ProblemError of `ask` passes through.
 * @throws ProblemError `ledger_unavailable` if `ask` fails with anything else
 */
export async function withLedger<T>(
  { env, log }: Pick<Services, "env" | "log">,
  ask: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const { url, token } = settingsOf(env).ledger;
  try {
    return await ask(openLedger({ url, authToken: token }));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    log.warn("The ledger did not answer", { error: reasonOf(error) });
    throw unavailable("ledger");
  }
}
