/**
 * Whether an inference is possible: settings, what the ledger has said, and where the nodes are. What is
 * known already is ready, though the ledger be away: an inference goes on then as well.
 *
 * Asks one ledger cache and one almanac at most, so it makes no object that an inference would not. One
 * answer holds for all who ask within a second.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { ledgerCacheObject } from "../../durable-objects/names.ts";
import { withDeadline } from "../../durable-objects/shared/deadline.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Services } from "../services.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

// Whoever balances loads may ask often, from many places: that must cost nothing.
const KEPT_MS = 1_000;
// A check that takes longer has been cut off with its request, or waits for what will not come.
const CHECK_MS_MAX = 5_000;
// In workerd no request may wait for another's promise: it looks again.
const LOOK_MS = 20;

export type Readiness = { ready: true } | { ready: false; error: string };

let last: { readiness: Readiness; at_ms: number } | null = null;
let checking_since_ms = -Infinity;

export async function readinessOf(services: Services): Promise<Readiness> {
  for (;;) {
    const now = Date.now();
    if (last && Math.abs(now - last.at_ms) < KEPT_MS) return last.readiness;
    if (Math.abs(now - checking_since_ms) >= CHECK_MS_MAX) break;
    await scheduler.wait(LOOK_MS);
  }
  checking_since_ms = Date.now();
  try {
    const readiness = await check(services);
    last = { readiness, at_ms: Date.now() };
    return readiness;
  } finally {
    checking_since_ms = -Infinity;
  }
}

async function check(services: Services): Promise<Readiness> {
  const checks = [settingsReason, ledgerReason, skyReason];
  try {
    for (const reasonOf of checks) {
      const error = await withDeadline(CHECK_MS_MAX / checks.length, reasonOf(services));
      if (error) return { ready: false, error };
    }
    return { ready: true };
  } catch (error) {
    services.log.warn("Whether the mesh is ready is not known", { error });
    return { ready: false, error: "A part of the mesh does not answer" };
  }
}

function settingsReason({ env }: Services): Promise<string | null> {
  try {
    settingsOf(env);
    return Promise.resolve(null);
  } catch (error) {
    // It names the setting and tells no value.
    return Promise.resolve((error as Error).message);
  }
}

const LEDGER_REASONS = {
  ready: null,
  unheard: "The ledger has not answered yet: nobody's key is known",
  behind: "The ledger lacks migrations that this release needs",
};

/** Asks the one that knows the prices, which each inference needs beside its key. */
async function ledgerReason({ env, region }: Services): Promise<string | null> {
  return LEDGER_REASONS[await ledgerCacheObject(env, { region, key_hash: "0" }).readiness()];
}

/** An isolate that has its almanac asks nobody. */
async function skyReason(services: Services): Promise<string | null> {
  const { env, log, region } = services;
  try {
    const keeper = skyKeeper(await constellationOf(services));
    await keeper.at({ env, log, region }, meshNow(settingsOf(env).clock, Date.now()));
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
}
