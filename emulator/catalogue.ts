/**
 * Keeps the ledger's catalogue in step with a file: imports it at the start, and again when it changes.
 * The mesh takes a new catalogue up while it serves.
 *
 * ```sh
 * PERIGEE_LEDGER_URL=... PERIGEE_LEDGER_TOKEN=... deno run -A emulator/catalogue.ts starlink.json
 * ```
 * @module
 */
import { saveCatalogue } from "../ledger/catalogues.ts";
import { type Ledger, openLedger } from "../ledger/client.ts";
import { type EpochMs, epochMs } from "../mesh/units.ts";
import { failureOf } from "./failure.ts";
import { readCatalogue, reportLines } from "./import.ts";
import { ledgerServer } from "./ledger-server.ts";

const LOOK_EVERY_MS = 5_000;

/**
 * Imports a file into the ledger and tells how it went.
 * @param path of a file of OMM JSON, OMM CSV or TLE
 * @throws Error that says what is wrong with the file if nothing in it can fly at `now`
 */
export async function importCatalogue(
  ledger: Ledger,
  path: string,
  { now, say }: { now: EpochMs; say: (line: string) => void },
): Promise<void> {
  const report = await readCatalogue(path, { now });
  const { name, bytes } = report.catalogue;
  await saveCatalogue(ledger, { name, bytes, created_at_ms: Date.now() });
  for (const line of reportLines(report)) say(line);
}

/**
 * Imports a file again whenever it has changed. If it cannot be read then, the old catalogue stays.
 * @param path of the file, looked at every 5 s
 * @param say is told why the old catalogue stays
 * @returns `stop` ends the watching
 */
export function watchCatalogue(
  path: string,
  importAgain: () => Promise<void>,
  say: (line: string) => void,
): { stop(): void } {
  let seen = changedAt(path);
  const timer = setInterval(async () => {
    const at = changedAt(path);
    if (at === null || at === seen) return;
    seen = at;
    try {
      await importAgain();
    } catch (error) {
      say(`The old catalogue stays in use: ${(error as Error).message}`);
    }
  }, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function changedAt(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}

if (import.meta.main) {
  try {
    const [path] = Deno.args;
    const server = ledgerServer((name) => Deno.env.get(name));
    if (!path || !server) {
      console.error(
        "Usage: PERIGEE_LEDGER_URL=... [PERIGEE_LEDGER_TOKEN=...] deno task import FILE",
      );
      Deno.exit(2);
    }
    const ledger = openLedger({ url: server.url, authToken: server.token });
    await importCatalogue(ledger, path, { now: epochMs(Date.now()), say: console.log });
  } catch (error) {
    console.error(failureOf(error));
    Deno.exit(1);
  }
}
