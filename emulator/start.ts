/**
 * Starts a whole mesh on this machine: the ledger's bridge, its migrations, and workerd with the
 * bundled worker. What `deno task dev` and the tests run.
 * @module
 */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { openLedger } from "../ledger/client.ts";
import { type Bridge, startBridge } from "./bridge/server.ts";
import { meshNow, parseClock } from "../mesh/clock.ts";
import { bundle } from "./bundle.ts";
import { importCatalogue, watchCatalogue } from "./catalogue.ts";
import { seedDevKey } from "./dev-key.ts";
import { migrate } from "./migrate.ts";
import { keepSecrets, type Secrets } from "./secrets.ts";
import type { EmulatorSettings } from "./settings.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

const GENERATED = "starlink-filed";

const NAME = "perigee";

// A class that was renamed (wrangler.toml, migration v4) keeps its objects on Cloudflare; workerd derives
// an object's id, and its file, from this key, so here it is told the first name.
const FIRST_NAMES: Readonly<Record<string, string>> = {
  IdempotencyStore: "AnswerKeeper",
  LedgerCache: "Gatekeeper",
};

/** A mesh that runs on this machine. */
export interface Emulator {
  /** Where it answers, without a path. */
  url: string;
  secrets: Secrets;
  /** The ledger, for readers on this machine. */
  ledger: {
    url: string;
    token: string;
    file: string;
    /**
     * Ends the bridge, as an outage would.
     * @returns a function that starts it again, at the same address
     */
    takeAway(): Promise<() => Promise<void>>;
  };
  runtime: Miniflare;
  /** Ends workerd, then the bridge: what was answered is on disk. */
  close(): Promise<void>;
}

/**
 * Starts a mesh: workerd listens when this returns.
 * @param say is told each step as it begins
 */
export async function startEmulator(
  settings: EmulatorSettings,
  say: (step: string) => void = () => {},
): Promise<Emulator> {
  const data = resolve(settings.data);
  await Deno.mkdir(data, { recursive: true });
  refuseTakenPort(settings.port);
  const secrets = await keepSecrets(data, settings);
  say("Bundling the worker and opening the ledger");
  const bundling = bundle(ROOT);
  // Awaited below; until then a failure of the ledger must not leave this one unhandled.
  bundling.catch(() => {});
  const ledger = await openLocalLedger(data, secrets, say);
  let stopFollowing = () => {};
  try {
    stopFollowing = await followCatalogue(settings, ledger, say);
    const modules = await bundling;
    say("Starting workerd");
    const runtime = new Miniflare(runtimeOptions({ settings, data, modules, ledger, secrets }));
    const url = `http://localhost:${(await runtime.ready).port}`;
    return {
      url,
      secrets,
      ledger: {
        url: ledger.bridge.url,
        token: ledger.token,
        file: ledger.file,
        takeAway: () => takeAway(ledger),
      },
      runtime,
      async close() {
        stopFollowing();
        await runtime.dispose();
        await ledger.bridge.close();
      },
    };
  } catch (error) {
    stopFollowing();
    await ledger.bridge.close();
    throw error;
  }
}

/** Imports a catalogue file and goes on watching it. @returns a function that ends the watching */
async function followCatalogue(
  { constellation, clock }: EmulatorSettings,
  { bridge, token }: LocalLedger,
  say: (step: string) => void,
): Promise<() => void> {
  if (constellation === GENERATED) return () => {};
  const now = () => meshNow(parseClock(clock, NaN), Date.now());
  const again = () =>
    importCatalogue(openLedger({ url: bridge.url, authToken: token }), constellation, {
      now: now(),
      say,
    });
  await again();
  return watchCatalogue(constellation, again, say).stop;
}

async function takeAway(ledger: LocalLedger): Promise<() => Promise<void>> {
  const { file, token, bridge } = ledger;
  await bridge.close();
  return async () => {
    ledger.bridge = await startBridge({ file, token, port: Number(new URL(bridge.url).port) });
  };
}

interface LocalLedger {
  bridge: Bridge;
  token: string;
  file: string;
}

async function openLocalLedger(
  data: string,
  secrets: Secrets,
  say: (step: string) => void,
): Promise<LocalLedger> {
  const file = `${data}/ledger.db`;
  const token = crypto.randomUUID() + crypto.randomUUID();
  const bridge = await startBridge({ file, token });
  try {
    const ledger = openLedger({ url: bridge.url, authToken: token });
    const applied = await migrate(ledger);
    if (applied.length > 0) say(`Migrated the ledger: ${applied.join(", ")}`);
    await seedDevKey(ledger, secrets.dev_key, Date.now());
    return { bridge, token, file };
  } catch (error) {
    await bridge.close();
    throw error;
  }
}

/** Bindings and classes come from wrangler.toml, as in a deployment; only the settings are local. */
function runtimeOptions(
  { settings, data, modules, ledger, secrets }: {
    settings: EmulatorSettings;
    data: string;
    modules: Awaited<ReturnType<typeof bundle>>;
    ledger: LocalLedger;
    secrets: Secrets;
  },
) {
  // It would warn that the deployment's secrets are not set: here they are made, below.
  Deno.env.set("WRANGLER_LOG", "error");
  const { workerOptions: { modulesRules: _, bindings: vars, ...worker } } =
    unstable_getMiniflareWorkerOptions(`${ROOT}/wrangler.toml`);
  return convertV4MiniflareOptions({
    ...worker,
    name: NAME,
    durableObjects: withFirstNames(worker.durableObjects as Record<string, { className: string }>),
    modules,
    modulesRoot: ROOT,
    bindings: {
      ...vars as Record<string, string>,
      PERIGEE_CONSTELLATION: settings.constellation === GENERATED ? GENERATED : "catalogue",
      PERIGEE_CLOCK: settings.clock,
      PERIGEE_PROFILE: settings.profile,
      PERIGEE_LEDGER_URL: ledger.bridge.url,
      PERIGEE_LEDGER_TOKEN: ledger.token,
      PERIGEE_ADMIN_TOKEN: secrets.admin_token,
      PERIGEE_DEV_KEY: secrets.dev_key,
    },
    host: "127.0.0.1",
    port: settings.port,
    // Nobody tells where a caller on loopback is: requests name their origin. Not `false`: Miniflare
    // would put all of them in Austin, Texas.
    cf: {},
    logRequests: false,
    log: new Log(LogLevel.WARN),
    resourcePersistencePath: `${data}/objects`,
    resourceTmpPath: `${data}/tmp`,
  });
}

function withFirstNames(classes: Record<string, { className: string }>) {
  return Object.fromEntries(
    Object.entries(classes).map(([binding, designator]) => {
      const first = FIRST_NAMES[designator.className];
      return [binding, first ? { ...designator, unsafeUniqueKey: `${NAME}-${first}` } : designator];
    }),
  );
}

function refuseTakenPort(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(`Port ${port} is taken: set PORT to another one, such as PORT=${port + 1}`);
  }
}
