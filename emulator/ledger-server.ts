/**
 * The libSQL server that the environment names, for every command that takes one.
 * @module
 */
import { ledgerAddress } from "../contract/ledger-url.ts";

export interface LedgerServer {
  url: string;
  token: string;
}

/** Null if none is named. Throws a RangeError that names the variable and what it must be. */
export function ledgerServer(env: (name: string) => string | undefined): LedgerServer | null {
  const url = env("PERIGEE_LEDGER_URL");
  const token = env("PERIGEE_LEDGER_TOKEN") ?? "";
  if (!url) return null;
  try {
    ledgerAddress(url);
    return { url, token };
  } catch (error) {
    throw new RangeError(`PERIGEE_LEDGER_URL ${(error as Error).message}`);
  }
}
