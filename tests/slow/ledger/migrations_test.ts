import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { startBridge } from "../../../emulator/bridge/server.ts";
import { migrateLedger } from "../../../emulator/migrate.ts";
import { openLedger } from "../../../ledger/client.ts";
import { makeStrict } from "../../../tools/make-migration.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const JOURNAL = JSON.parse(await Deno.readTextFile(`${ROOT}migrations/meta/_journal.json`));
const TAGS: string[] = JOURNAL.entries.map(({ tag }: { tag: string }) => tag);

async function deno(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: ROOT,
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

Deno.test("migrateLedger() fills an empty file and, run again, finds nothing to do", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-ledger-" });
  const token = crypto.randomUUID();
  const bridge = await startBridge({ file: `${folder}/ledger.db`, token });
  const ledger = openLedger({ url: bridge.url, authToken: token });
  const schema = () => ledger.all(sql`SELECT * FROM sqlite_schema ORDER BY name`);
  assert.deepEqual(await migrateLedger(ledger), TAGS);
  const before = await schema();
  assert.deepEqual(await migrateLedger(ledger), []);
  assert.deepEqual(await schema(), before);
  await bridge.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("emulator/migrate.ts migrates the ledger of its environment and says what it applied", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-ledger-" });
  const token = crypto.randomUUID();
  const bridge = await startBridge({ file: `${folder}/ledger.db`, token });
  const run = async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "emulator/migrate.ts"],
      cwd: ROOT,
      env: { PERIGEE_LEDGER_URL: bridge.url, PERIGEE_LEDGER_TOKEN: token },
    }).output();
    return [code, new TextDecoder().decode(stdout)];
  };
  assert.deepEqual(await run(), [0, `Applied ${TAGS.join(", ")}\n`]);
  assert.deepEqual(await run(), [0, "Nothing to apply\n"]);
  await bridge.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Every table of the ledger is STRICT", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const tables = await ledger.all<{ name: string; strict: number }>(
    sql`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`,
  );
  assert.deepEqual(tables.map(({ name }) => name).sort(), [
    "__drizzle_migrations",
    "admin_keys",
    "api_keys",
    "board_keys",
    "catalogue_chunks",
    "catalogues",
    "invoices",
    "lease_closings",
    "models",
    "placements",
    "prices",
    "receipts",
    "tenants",
  ]);
  assert.deepEqual(tables.filter(({ strict }) => strict !== 1), []);
});

Deno.test("makeStrict() makes tables STRICT and leaves the rest of a migration alone", () => {
  const breakpoint = "--> statement-breakpoint\n";
  const table = "CREATE TABLE `t` (\n\t`a` text DEFAULT ');' NOT NULL\n)";
  const rest = "CREATE INDEX `i` ON `t` (`a`);" + breakpoint + "ALTER TABLE `t` ADD `b` integer;";
  assert.equal(
    makeStrict(`${table};\n${breakpoint}${rest}`),
    `${table} STRICT;\n${breakpoint}${rest}`,
  );
});

Deno.test("The migrations lead to the schema in ledger/schema, and agree with one another", async () => {
  const drizzleKit = "node_modules/drizzle-kit/bin.cjs";
  const folder = await Deno.makeTempDir({ prefix: "perigee-migrations-" });
  const files = ["meta/_journal.json", ...TAGS.map((tag) => `${tag}.sql`)];
  for (const [i] of TAGS.entries()) files.push(`meta/${String(i).padStart(4, "0")}_snapshot.json`);
  await Deno.mkdir(`${folder}/meta`);
  for (const file of files) await Deno.copyFile(`${ROOT}migrations/${file}`, `${folder}/${file}`);
  // drizzle-kit puts "./" before whatever folder it is given.
  const options = ["--dialect", "sqlite", "--out", relative(ROOT, folder)];
  const [generated, checked] = await Promise.all([
    deno(drizzleKit, "generate", ...options, "--schema", "./ledger/schema/*.ts"),
    deno(drizzleKit, "check", "--dialect", "sqlite", "--out", "./migrations"),
  ]);
  assert.match(generated.output, /No schema changes/, generated.output);
  assert.equal(checked.code, 0, checked.output);
  assert.match(checked.output, /Everything's fine/);
  await Deno.remove(folder, { recursive: true });
});
