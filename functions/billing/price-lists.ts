/**
 * The prices in force, as the isolate knows them. A new list is in the ledger a minute before it is
 * in force, so a copy that is younger than a minute lacks no list that is.
 * @module
 */
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import { type PriceList, pricesAt } from "../../mesh/billing/receipt.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { withObject } from "../backends/with-object.ts";
import type { Services } from "../services.ts";

/** A new list must be in the ledger this long before it holds, in real time. */
export const NOTICE_MS = 60_000;
// A copy younger than this is used as it is; an older one is used, and renewed behind the answer.
const KEPT_MS = 10_000;
// No request is charged by a copy older than this: half the notice, as a cache's copy has an age,
// too.
const STALE_MS = NOTICE_MS / 2;
// While a ledger cache does not answer, a busy isolate asks it no more often than this.
const TRY_EVERY_MS = 1_000;

let kept: { lists: PriceList[]; asked_ms: number } | null = null;
let tried_ms = -Infinity;

/**
 * The price list in force at an instant, from the isolate's copy; a copy older than 30 s is renewed
 * first.
 * @throws ProblemError `ledger_unavailable` if the copy is too old and no ledger cache answers
 */
export async function pricesFor(services: Services, at: EpochMs): Promise<PriceList> {
  const age = kept ? Math.abs(Date.now() - kept.asked_ms) : Infinity;
  // Each request asks for itself: in workerd none may wait for another's promise.
  if (!kept || age > STALE_MS) return pricesAt(await renew(services), at);
  if (age > KEPT_MS && Math.abs(Date.now() - tried_ms) > TRY_EVERY_MS) {
    tried_ms = Date.now();
    // withObject() logs a failure. This request does not need to fail with it, as its copy still
    // holds: once the copy is older than STALE_MS, the next request renews it and gets the error.
    services.after(renew(services).catch(() => {}));
  }
  return pricesAt(kept.lists, at);
}

/**
 * Asks the region's first ledger cache. Each cache knows all prices, for a day without the ledger.
 */
async function renew(services: Services): Promise<PriceList[]> {
  const asked_ms = Date.now();
  const cache = ledgerCacheObject(services.env, { region: services.region, key_hash: "0" });
  const lists = await withObject(services, "prices", () => cache.prices());
  kept = { lists, asked_ms };
  return lists;
}
