/**
 * Applies migrations/ to a ledger: the emulator's bridge or any libSQL server. Applied ones are skipped.
 * Not its job: making migrations (tools/make-migration.ts).
 *
 * ```sh
 * PERIGEE_LEDGER_URL=libsql://... PERIGEE_LEDGER_TOKEN=... deno run -A emulator/migrate.ts
 * ```
 * @module
 */

import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/libsql/migrator";
import { fileURLToPath } from "node:url";
import { type Ledger, openLedger } from "../ledger/client.ts";
import { failureOf } from "./failure.ts";
import { ledgerServer } from "./ledger-server.ts";

const FOLDER = fileURLToPath(new URL("../migrations", import.meta.url));

/**
 * Applies the migrations that a ledger lacks, all in one transaction.
 * @returns the names of those that it applied
 */
export async function migrateLedger(ledger: Ledger): Promise<string[]> {
  // drizzle makes this table itself, but not STRICT.
  await ledger.run(sql`CREATE TABLE IF NOT EXISTS __drizzle_migrations (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT`);
  const before = await appliedUpTo(ledger);
  await applyMigrations(ledger, { migrationsFolder: FOLDER });
  const journal = JSON.parse(await Deno.readTextFile(`${FOLDER}/meta/_journal.json`));
  return (journal.entries as { tag: string; when: number }[])
    .filter(({ when }) => when > before).map(({ tag }) => tag);
}

/** When the newest applied migration was made; drizzle applies those made after it. */
async function appliedUpTo(ledger: Ledger): Promise<number> {
  const [newest] = await ledger.all<{ made_at_ms: number | null }>(
    sql`SELECT max(created_at) AS made_at_ms FROM __drizzle_migrations`,
  );
  return newest.made_at_ms ?? -Infinity;
}

if (import.meta.main) {
  try {
    const server = ledgerServer((name) => Deno.env.get(name));
    if (!server) {
      console.error("Set PERIGEE_LEDGER_URL, and PERIGEE_LEDGER_TOKEN if the server asks for one");
      Deno.exit(2);
    }
    const applied = await migrateLedger(openLedger({ url: server.url, authToken: server.token }));
    console.log(applied.length === 0 ? "Nothing to apply" : `Applied ${applied.join(", ")}`);
  } catch (error) {
    console.error(`The ledger was not migrated: ${failureOf(error)}`);
    Deno.exit(1);
  }
}
