/**
 * Starts a whole mesh on this machine: the ledger, its migrations, and workerd with the bundled worker.
 * What `deno task dev` and the tests run.
 * @module
 */
import type { Miniflare } from "miniflare";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openLedger } from "../ledger/client.ts";
import { meshNow, parseClock } from "../mesh/clock.ts";
import { provideAssets } from "./assets.ts";
import { removeBucketLeftovers } from "./bucket-leftovers.ts";
import { bundle, type BundleModule } from "./bundle.ts";
import { importCatalogue, watchCatalogue } from "./catalogue.ts";
import { readConstellation } from "./constellation.ts";
import { openDataFolder } from "./data-folder.ts";
import { seedDevKey } from "./dev-key.ts";
import { failureOf } from "./failure.ts";
import { type EmulatorLedger, openEmulatorLedger } from "./ledger.ts";
import { openFilesWarning } from "./open-files.ts";
import { startRuntime } from "./runtime.ts";
import { keepSecrets, type Secrets } from "./secrets.ts";
import type { EmulatorSettings } from "./settings.ts";
import { drainBacklog, warmUp } from "./warm-up.ts";
import { startGuard } from "./workerd/guard.ts";
import { restoreAlarms } from "./workerd/restore-alarms.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** A mesh that runs on this machine. */
export interface Emulator {
  /** Where it answers, without a path. */
  url: string;
  secrets: Secrets;
  /** The ledger, for readers on this machine. */
  ledger: Pick<EmulatorLedger, "url" | "token" | "file" | "takeAway">;
  runtime: Miniflare;
  /** Resolves with the reason if workerd has died and cannot be started again. */
  failed: Promise<Error>;
  /** Ends workerd, then the bridge: what was answered is on disk. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Is told each step as it begins. */
  say?: (step: string) => void;
  /** Whether to ask the mesh what a first caller would wait for; tests that do not care start sooner. */
  warm?: boolean;
  /** Puts something around the bundled worker; the main module stays the first. */
  around?: (modules: BundleModule[]) => BundleModule[];
  /** Whether an inspector can attach to workerd (benches/profile.ts). */
  inspector?: boolean;
}

/** Starts a mesh: workerd listens when this returns. */
export async function startEmulator(
  settings: EmulatorSettings,
  { say = () => {}, warm = true, around = (modules) => modules, inspector = false }: StartOptions =
    {},
): Promise<Emulator> {
  // What was opened is closed in the reverse order, whether the start fails or the emulator ends.
  const opened = new AsyncDisposableStack();
  try {
    return await open(settings, { say, warm, around, inspector }, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function open(
  settings: EmulatorSettings,
  { say, warm, around, inspector }: Required<StartOptions>,
  opened: AsyncDisposableStack,
): Promise<Emulator> {
  const data = resolve(settings.data);
  const constellation = await readConstellation(settings.constellation, settings.profile);
  const folder = await openDataFolder(data);
  opened.defer(folder.release);
  const objects = `${data}/objects`;
  const guard = await startGuard(data, objects);
  opened.defer(guard.end);
  await removeBucketLeftovers(objects);
  try {
    restoreAlarms(objects);
  } catch (error) {
    // Whoever asks an object sets its alarm again: a mesh without some serves all the same.
    say(`Alarms of an earlier run may be missing: ${failureOf(error)}`);
  }
  refuseTakenPort(settings.port);
  const secrets = await keepSecrets(data, settings);
  say("Bundling the worker and opening the ledger");
  // Its folder is there at once, without which nothing bundles; a mesh without pages serves all the same.
  const assets = provideAssets(ROOT).catch((error) =>
    say(`Pages will be missing: ${error.message}`)
  );
  const bundling = bundle(ROOT);
  // Awaited below; until then a failure of the ledger must not leave this one unhandled.
  bundling.catch(() => {});
  const ledger = await openEmulatorLedger(settings.ledger, data, say);
  opened.defer(ledger.close);
  await seedDevKey(openLedgerOf(ledger), secrets.dev_key, Date.now());
  opened.defer(await followCatalogue(constellation.catalogue, settings, ledger, say));
  const { modules, options } = await bundling;
  await assets;
  const tooFewFiles = await openFilesWarning();
  if (tooFewFiles) say(tooFewFiles);
  say("Starting workerd");
  const failed = Promise.withResolvers<Error>();
  const { url, miniflare: runtime } = await startRuntime({
    root: ROOT,
    settings,
    constellation: constellation.bound,
    data,
    bundle: { modules: around(modules), options },
    ledger,
    secrets,
    env: guard.env,
    inspector,
    restarted: (error) => error ? failed.resolve(error) : say("workerd had died, and serves again"),
  });
  opened.defer(() => runtime.dispose());
  if (warm) {
    say("Warming up");
    await warmUp(url, secrets.dev_key);
  }
  await drainBacklog(url, secrets.admin_token);
  return {
    url,
    secrets,
    ledger,
    runtime,
    failed: failed.promise,
    close: () => opened.disposeAsync(),
  };
}

const openLedgerOf = ({ url, token }: EmulatorLedger) => openLedger({ url, authToken: token });

/** Imports a catalogue file, if there is one, and goes on watching it. @returns a function that ends the watching */
async function followCatalogue(
  file: string | null,
  { clock }: EmulatorSettings,
  ledger: EmulatorLedger,
  say: (step: string) => void,
): Promise<() => void> {
  if (file === null) return () => {};
  const now = () => meshNow(parseClock(clock, NaN), Date.now());
  const again = () => importCatalogue(openLedgerOf(ledger), file, { now: now(), say });
  await again();
  return watchCatalogue(file, again, say).stop;
}

function refuseTakenPort(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(`Port ${port} is taken: set PORT to another one, such as PORT=${port + 1}`);
  }
}
