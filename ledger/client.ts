/**
 * Opens the ledger: drizzle over libSQL's Hrana, by URL. The same code reaches the emulator's
 * bridge (`http://127.0.0.1:<port>`) and a libSQL server (`libsql://`, `https://`).
 * Not its job: transactions over several requests. One `batch()` is one transaction.
 *
 * ```ts
 * const ledger = openLedger({ url: env.PERIGEE_LEDGER_URL, authToken: env.PERIGEE_LEDGER_TOKEN });
 * ```
 * @module
 */

import { drizzle } from "drizzle-orm/libsql/web";
import { type LedgerAddress, ledgerAddress } from "../contract/ledger-url.ts";

/**
 * The ledger of one request or alarm. Queries reject if it does not answer within LEDGER_ANSWER_MS_MAX, or
 * refuses them (refusal.ts tells which).
 */
export type Ledger = ReturnType<typeof drizzle<Record<string, never>>>;

/**
 * A ledger that hangs must not hold a collector's alarm, or the request that shows a key, for ever.
 */
export const LEDGER_ANSWER_MS_MAX = 10_000;

/**
 * Opens a ledger for one request or one alarm. It connects to nothing and costs microseconds, so
 * open one each time: workerd forbids that one request waits in the queue of another.
 */
export function openLedger({ url, authToken }: LedgerAddress): Ledger {
  return drizzle({
    connection: {
      ...ledgerAddress(url, authToken),
      fetch: (request: Request) =>
        fetch(request, { signal: AbortSignal.timeout(LEDGER_ANSWER_MS_MAX) }),
    },
  });
}
