/**
 * The prices in force, as the isolate knows them. A new list is in the ledger a minute before it
 * holds, so a copy that is younger is right.
 * @module
 */
import { gatekeeperObject } from "../durable-objects/names.ts";
import { type PriceList, pricesAt } from "../mesh/receipt.ts";
import type { EpochMs } from "../mesh/units.ts";
import type { Ctx } from "./context.ts";
import { callersRegion } from "./origin.ts";
import { withObject } from "./with-object.ts";

/** How long before it holds a list must be known to the ledger, in real time. */
export const NOTICE_MS = 60_000;
const KEPT_MS = 10_000;
const STALE_MS = NOTICE_MS / 2;

const AWAY = { code: "ledger_unavailable", detail: "The prices are not known just now" } as const;

let kept: { lists: PriceList[]; asked_ms: number } | null = null;

export async function pricesFor(c: Ctx, at: EpochMs): Promise<PriceList> {
  const age = kept ? Math.abs(Date.now() - kept.asked_ms) : Infinity;
  if (!kept) {
    const asked_ms = Date.now();
    kept = { lists: await withObject(c, AWAY, () => ask(c)), asked_ms };
  } else if (age > STALE_MS) await renew(c);
  else if (age > KEPT_MS) c.executionCtx.waitUntil(renew(c));
  return pricesAt(kept.lists, at);
}

// Any gatekeeper of the region knows them: this is the first.
const ask = (c: Ctx) =>
  gatekeeperObject(c.env, { region: callersRegion(c), key_hash: "0" }).prices();

/** A ledger that is away has no new prices either: then the known ones go on. */
async function renew(c: Ctx): Promise<void> {
  const asked_ms = Date.now();
  const before = kept?.lists ?? [];
  // Whoever asks meanwhile goes on with what is known.
  kept = { lists: before, asked_ms };
  try {
    kept = { lists: await ask(c), asked_ms };
  } catch (error) {
    console.warn(`The prices are not known anew: ${error}`);
  }
}
