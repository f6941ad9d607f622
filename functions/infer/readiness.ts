/**
 * Whether an inference is possible: the settings are valid, the region's ledger cache has heard from
 * the ledger, and the isolate has the almanac. While the ledger is away, a cache that has heard from
 * it counts as ready, since inferences are served from the cache as well. The first who finds all of
 * it there waits for the engine, too.
 *
 * A check asks one ledger cache and one almanac at most, and the first of an isolate one node, always
 * the same of a region. So no caller makes objects by asking. All requests within a second get the
 * answer of one check.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { ledgerCacheObject, nodeObject } from "../../durable-objects/names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Services } from "../services.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

// Load balancers ask often, and from many places: an isolate checks no more often than this.
const KEPT_MS = 1_000;
// A check that began longer ago than this was cut off together with its request, or will get no
// answer: the next request checks anew.
const CHECK_MS_MAX = 8_000;
// What a check waits at most for each of the parts that an inference needs, three of them.
const PART_MS_MAX = 1_600;
// And for the engine, which loads in some 500 ms, and several times that on a machine at work.
const WARM_MS_MAX = 3_000;
// A request that waits for another's check looks again at this interval: in workerd it cannot wait
// for the other's promise.
const LOOK_MS = 20;

export type Readiness = { ready: true } | { ready: false; error: string; code: "not_ready" };

const notReady = (error: string): Readiness => ({ ready: false, error, code: "not_ready" });

// A node's object in another isolate, or after a restart, loads the models at its first inference.
let is_engine_warm = false;

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
      const error = await withDeadline(PART_MS_MAX, reasonOf(services));
      if (error) return notReady(error);
    }
    await warmEngine(services);
    return { ready: true };
  } catch (error) {
    services.log.warn("Whether the mesh is ready is not known", { error });
    return notReady("A part of the mesh does not answer");
  }
}

function settingsReason({ env }: Services): Promise<string | null> {
  try {
    settingsOf(env);
    return Promise.resolve(null);
  } catch (error) {
    // The message names the setting and does not quote its value.
    return Promise.resolve((error as Error).message);
  }
}

const LEDGER_REASONS = {
  ready: null,
  unheard: "The ledger has not answered yet: nobody's key is known",
  behind: "The ledger lacks migrations that this release needs",
};

/** Asks the ledger cache that price-lists.ts asks: every inference needs the prices beside its key. */
async function ledgerReason({ env, region }: Services): Promise<string | null> {
  return LEDGER_REASONS[await ledgerCacheObject(env, { region, key_hash: "0" }).readiness()];
}

/** Whether the isolate has the almanac's window of now. It asks an object only for what it lacks. */
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

/**
 * Lets the constellation's first node load the models, which no inference then waits for. Does so once
 * in an isolate, and never throws: what is wrong with one node's object is not wrong with the mesh.
 */
async function warmEngine(services: Services): Promise<void> {
  if (is_engine_warm) return;
  is_engine_warm = true;
  const { env, log, region } = services;
  try {
    const node = (await constellationOf(services)).id(0);
    await withDeadline(WARM_MS_MAX, nodeObject(env, { node, region }).warm());
  } catch (error) {
    log.warn("The engine is not warm: the first inference waits for it", { error });
  }
}
