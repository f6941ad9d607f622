/**
 * Keeps the ledger's catalogue in step with a file: imports it at the start, and again when it changes.
 * The mesh takes a new catalogue up while it serves.
 *
 * ```sh
 * PERIGEE_LEDGER_URL=... PERIGEE_LEDGER_TOKEN=... deno run -A emulator/catalogue.ts starlink.json
 * deno run -A emulator/catalogue.ts --help
 * ```
 * @module
 */
import { loadCatalogue, newestCatalogue, saveCatalogue } from "../ledger/catalogues.ts";
import { type Ledger, openLedger } from "../ledger/client.ts";
import { type Catalogue, labelOf, unpackCatalogue } from "../mesh/orbit/catalogue.ts";
import { type EpochMs, epochMs } from "../mesh/units.ts";
import { failureOf } from "./failure.ts";
import { readCatalogue, reportLines } from "./import.ts";
import { ledgerServer } from "./ledger-server.ts";

const LOOK_EVERY_MS = 5_000;
// Satellites come and go by the hundred. A file of fewer than this share of the nodes was cut short, or is
// of another constellation: what all the others hold and have promised would be out of reach.
const KEPT_SHARE_MIN = 0.5;

/**
 * Beside which catalogue of the ledger a new one must not have lost most nodes: the newest if it came from a file
 * of the same name, the newest in any case, or none.
 */
export type LossGuard = "same name" | "newest" | "none";

/**
 * Imports a file into the ledger and tells how it went.
 * @param path of a file of OMM JSON, OMM CSV or TLE
 * @throws Error that says what is wrong with the file if nothing in it can fly at `now`, or if most nodes
 *   of the catalogue before it would be lost
 */
export async function importCatalogue(
  ledger: Ledger,
  path: string,
  { now, say, guard = "same name" }: {
    now: EpochMs;
    say: (line: string) => void;
    guard?: LossGuard;
  },
): Promise<void> {
  const report = await readCatalogue(path, { now });
  const { name, bytes } = report.catalogue;
  if (guard !== "none") await refuseLoss(ledger, path, report.catalogue, guard);
  await saveCatalogue(ledger, { name, bytes, created_at_ms: Date.now() });
  for (const line of reportLines(report)) say(line);
}

async function refuseLoss(
  ledger: Ledger,
  path: string,
  next: Catalogue,
  guard: LossGuard,
): Promise<void> {
  const newest = await newestCatalogue(ledger);
  if (!newest || (guard === "same name" && labelOf(newest.name) !== labelOf(next.name))) return;
  const bytes = await loadCatalogue(ledger, newest.name);
  const last = bytes && unpackCatalogue(bytes);
  // One that cannot be read has no nodes to lose.
  if (!last) return;
  if (next.count >= KEPT_SHARE_MIN * last.count) return;
  throw new Error(
    `Cannot import the catalogue "${path}": ${next.count} nodes of it fly, and ${newest.name} has ` +
      `${last.count}. If that is meant, import it with --lose-nodes, or under another file name ` +
      "in local development",
  );
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

const USAGE = `Imports a catalogue file of real satellites into the ledger.

Usage: PERIGEE_LEDGER_URL=... [PERIGEE_LEDGER_TOKEN=...] deno task import [--lose-nodes] FILE

  FILE          OMM as JSON or CSV, or TLE: told by the content (docs/import.md)
  --lose-nodes  Take a file of fewer than half as many nodes as the newest catalogue has
  --help        Show this
`;

if (import.meta.main) {
  const files = Deno.args.filter((arg) => !arg.startsWith("--"));
  const flags = Deno.args.filter((arg) => arg.startsWith("--"));
  if (flags.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    const server = ledgerServer((name) => Deno.env.get(name));
    if (files.length !== 1 || !server || flags.some((flag) => flag !== "--lose-nodes")) {
      console.error(USAGE);
      Deno.exit(2);
    }
    const ledger = openLedger({ url: server.url, authToken: server.token });
    await importCatalogue(ledger, files[0], {
      now: epochMs(Date.now()),
      say: console.log,
      guard: flags.includes("--lose-nodes") ? "none" : "newest",
    });
  } catch (error) {
    console.error(failureOf(error));
    Deno.exit(1);
  }
}
