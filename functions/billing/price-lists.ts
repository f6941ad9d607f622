/**
 * The prices in force, as the isolate knows them. A new list is in the ledger a minute before it
 * holds, so a copy that is younger is right.
 * @module
 */
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import { type PriceList, pricesAt } from "../../mesh/billing/receipt.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Ctx } from "../context.ts";
import { callersRegion } from "../params/origin.ts";
import { withObject } from "../backends/with-object.ts";

/** How long before it holds a list must be known to the ledger, in real time. */
export const NOTICE_MS = 60_000;
const KEPT_MS = 10_000;
const STALE_MS = NOTICE_MS / 2;
const TRY_EVERY_MS = 1_000;

const AWAY = { code: "ledger_unavailable", detail: "The prices are not known just now" } as const;

let kept: { lists: PriceList[]; asked_ms: number } | null = null;
let tried_ms = -Infinity;

export async function pricesFor(c: Ctx, at: EpochMs): Promise<PriceList> {
  const age = kept ? Math.abs(Date.now() - kept.asked_ms) : Infinity;
  // By old ones nobody is charged: whoever comes first waits, and so does whoever comes meanwhile.
  if (!kept || age > STALE_MS) return pricesAt(await renew(c), at);
  if (age > KEPT_MS && Math.abs(Date.now() - tried_ms) > TRY_EVERY_MS) {
    tried_ms = Date.now();
    // What went wrong is in the log; who comes when they are old hears of it.
    c.executionCtx.waitUntil(renew(c).catch(() => {}));
  }
  return pricesAt(kept.lists, at);
}

/** A ledger cache knows them for a day while the ledger is away; any of the region does: this is the first. */
async function renew(c: Ctx): Promise<PriceList[]> {
  const asked_ms = Date.now();
  const cache = ledgerCacheObject(c.env, { region: callersRegion(c), key_hash: "0" });
  const lists = await withObject(c, AWAY, () => cache.prices());
  kept = { lists, asked_ms };
  return lists;
}
