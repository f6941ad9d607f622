/**
 * The prices in force, as the isolate knows them. A new list is in the ledger a minute before it
 * holds, so a copy that is younger is right.
 * @module
 */
import { settingsOf } from "../contract/settings.ts";
import { openLedger } from "../ledger/client.ts";
import { listPrices } from "../ledger/prices.ts";
import { type PriceList, pricesAt } from "../mesh/receipt.ts";
import type { EpochMs } from "../mesh/units.ts";
import type { Ctx } from "./context.ts";
import { withLedger } from "./with-ledger.ts";

/** How long before it holds a list must be known to the ledger, in real time. */
export const NOTICE_MS = 60_000;
const KEPT_MS = 10_000;
const STALE_MS = NOTICE_MS / 2;

let kept: { lists: PriceList[]; asked_ms: number } | null = null;

export async function pricesFor(c: Ctx, at: EpochMs): Promise<PriceList> {
  const age = kept ? Math.abs(Date.now() - kept.asked_ms) : Infinity;
  if (!kept) {
    const asked_ms = Date.now();
    kept = { lists: await withLedger(c, listPrices), asked_ms };
  } else if (age > STALE_MS) await renew(c);
  else if (age > KEPT_MS) c.executionCtx.waitUntil(renew(c));
  return pricesAt(kept.lists, at);
}

/** A ledger that is away has no new prices either: then the known ones go on. */
async function renew(c: Ctx): Promise<void> {
  const asked_ms = Date.now();
  const before = kept?.lists ?? [];
  // Whoever asks meanwhile goes on with what is known.
  kept = { lists: before, asked_ms };
  try {
    const { url, token } = settingsOf(c.env).ledger;
    kept = { lists: await listPrices(openLedger({ url, authToken: token })), asked_ms };
  } catch (error) {
    console.warn(`The prices are not known anew: ${error}`);
  }
}
