/**
 * Makes the next migration from ledger/schema: drizzle-kit writes the SQL, this adds STRICT to it.
 * drizzle has no word for STRICT, and without it SQLite stores text in an integer column.
 * Migrations are append-only: nothing that was there before is touched.
 *
 * ```sh
 * deno run -A tools/make-migration.ts add_budgets
 * ```
 * @module
 */

import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}migrations`;

const BREAKPOINT = "--> statement-breakpoint";

/** Makes every table that the migration creates STRICT. */
export function makeStrict(migration: string): string {
  return migration.split(BREAKPOINT)
    .map((sql) => /^\s*CREATE TABLE /.test(sql) ? sql.replace(/\);(\s*)$/, ") STRICT;$1") : sql)
    .join(BREAKPOINT);
}

function migrationFiles(): string[] {
  return [...Deno.readDirSync(folder)].map((e) => e.name).filter((name) => name.endsWith(".sql"));
}

if (import.meta.main) {
  const [name] = Deno.args;
  if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
    console.error("Usage: deno run -A tools/make-migration.ts <name, such as add_budgets>");
    Deno.exit(2);
  }
  const before = new Set(migrationFiles());
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "node_modules/drizzle-kit/bin.cjs", "generate", "--name", name],
    cwd: root,
  }).spawn().status;
  if (code !== 0) Deno.exit(code);
  for (const file of migrationFiles().filter((file) => !before.has(file))) {
    const path = `${folder}/${file}`;
    Deno.writeTextFileSync(path, makeStrict(Deno.readTextFileSync(path)));
  }
}
