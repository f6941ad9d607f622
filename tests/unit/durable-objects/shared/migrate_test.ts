/**
 * Migrations of an object's tables: forwards, again, through a crash and back to an older release.
 * @module
 */
import assert from "node:assert/strict";
import { COLLECTOR_MIGRATIONS } from "../../../../durable-objects/collector/migrations.ts";
import { IDEMPOTENCY_MIGRATIONS } from "../../../../durable-objects/idempotency/migrations.ts";
import { LEDGER_CACHE_MIGRATIONS } from "../../../../durable-objects/ledger-cache/migrations.ts";
import { NODE_MIGRATIONS } from "../../../../durable-objects/node/migrations.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import { migrateObject, type Migration } from "../../../../durable-objects/shared/migrate.ts";
import type { Sql } from "../../../../durable-objects/shared/sql.ts";
import { TENANT_MIGRATIONS } from "../../../../durable-objects/tenant/migrations.ts";
import { memoryDisk } from "../../../support/memory-sql.ts";

const make: Migration = { sql: "CREATE TABLE things (name TEXT) STRICT" };
const widen: Migration = { sql: "ALTER TABLE things ADD COLUMN color TEXT" };
const rename: Migration = {
  breaks: true,
  sql: "ALTER TABLE things RENAME COLUMN name TO title",
};

const measure: Migration = { sql: "ALTER TABLE things ADD COLUMN size INTEGER" };

const columns = (sql: Sql) =>
  sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('things')").toArray()
    .map(({ name }) => name);

Deno.test("migrateObject() runs what is missing, in order, and each step once", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make]);
  disk.sql.exec("INSERT INTO things (name) VALUES ('old')");
  for (let start = 0; start < 3; start++) migrateObject(disk, [make, widen, rename]);
  assert.deepEqual(disk.sql.exec("SELECT * FROM things").toArray(), [
    { title: "old", color: null },
  ]);
});

Deno.test("migrateObject() leaves everything as it was when a step fails, and runs it at the next start", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make]);
  const fails: Migration = {
    sql: "CREATE TABLE others (name TEXT); INSERT INTO absent VALUES (1)",
  };
  assert.throws(() => migrateObject(disk, [make, widen, fails]), /no such table: absent/);
  assert.deepEqual(Object.keys(schemaOf(disk.sql)).sort(), ["migrations", "things"]);
  assert.deepEqual(columns(disk.sql), ["name"]);
  migrateObject(disk, [make, widen]);
  assert.deepEqual(columns(disk.sql), ["name", "color"]);
});

Deno.test("A release that was rolled back opens what it can still use, and the newer one finds its number again", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make, widen]);
  migrateObject(disk, [make]);
  disk.sql.exec("INSERT INTO things (name) VALUES ('by the older')");
  migrateObject(disk, [make, widen]);
  assert.deepEqual(columns(disk.sql), ["name", "color"]);
});

Deno.test("A release that was rolled back refuses what it cannot read, and changes nothing", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make, widen, rename, measure]);
  for (const older of [[make], [make, widen]]) {
    assert.throws(
      () => migrateObject(disk, older),
      /migration 4; a release that knows only \d cannot/,
    );
  }
  migrateObject(disk, [make, widen, rename]);
  assert.deepEqual(columns(disk.sql), ["title", "color", "size"]);
});

/** As a release without numbers does. */
const runStep = (sql: Sql, { sql: step }: Migration) =>
  sql.exec(typeof step === "string" ? step : step(sql));

/** How every table and index was made, but for blanks. */
const schemaOf = (sql: Sql): Record<string, string> =>
  Object.fromEntries(
    sql.exec<{ name: string; sql: string | null }>("SELECT name, sql FROM sqlite_master").toArray()
      .map(({ name, sql }) => [name, `${sql}`.replace(/\s+/g, " ")]),
  );

Deno.test("migrateObject() tells who had no table", () => {
  const disk = memoryDisk();
  assert.throws(() => migrateObject(disk, [make, make]), /already exists/);
  assert.deepEqual(schemaOf(disk.sql), {});
  assert.equal(migrateObject(disk, [make, widen]), true);
  assert.equal(migrateObject(disk, [make, widen]), false);
  assert.equal(migrateObject(disk, [make, widen, rename]), false);
  const old = memoryDisk();
  old.sql.exec("CREATE TABLE of_release_7ab9cf5 (name TEXT)");
  assert.equal(migrateObject(old, [make]), false);
});

Deno.test("A step that is a function sees the tables as they are before all that is missing", () => {
  const seen: string[][] = [];
  const look: Migration = {
    sql(sql) {
      seen.push(columns(sql));
      return "ALTER TABLE things ADD COLUMN looked TEXT";
    },
  };
  migrateObject(memoryDisk(), [make, look]);
  const disk = memoryDisk();
  migrateObject(disk, [make]);
  migrateObject(disk, [make, widen, look]);
  assert.deepEqual(seen, [[], ["name"]]);
  assert.deepEqual(columns(disk.sql), ["name", "color", "looked"]);
});

Deno.test("Every class's first step makes its tables, and leaves those that are there with their rows", () => {
  const classes = {
    COLLECTOR_MIGRATIONS,
    IDEMPOTENCY_MIGRATIONS,
    LEDGER_CACHE_MIGRATIONS,
    NODE_MIGRATIONS,
    REGISTRAR_MIGRATIONS,
    TENANT_MIGRATIONS,
  };
  for (const [name, migrations] of Object.entries(classes)) {
    const { sql } = memoryDisk();
    const schema = () =>
      sql.exec<{ sql: string }>("SELECT sql FROM sqlite_master ORDER BY name").toArray();
    runStep(sql, migrations[0]);
    const made = schema();
    assert.ok(made.length > 0, name);
    runStep(sql, migrations[0]);
    assert.deepEqual(schema(), made, name);
  }
});

Deno.test("The node's address is taken over, and stays where release 7ab9cf5 looks for it", () => {
  const disk = memoryDisk();
  runStep(disk.sql, NODE_MIGRATIONS[0]);
  disk.sql.exec("INSERT INTO passports VALUES (1, 'whose object it is')");
  migrateObject(disk, NODE_MIGRATIONS);
  assert.deepEqual(disk.sql.exec("SELECT id, address FROM addresses").toArray(), [
    { id: 1, address: "whose object it is" },
  ]);
  assert.equal(disk.sql.exec("SELECT passport FROM passports").toArray().length, 1);
});
